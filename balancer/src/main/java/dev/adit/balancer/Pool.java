package dev.adit.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Endpoints and a way to choose among them. Survives table swaps. Safe for any number of threads. */
public final class Pool {
    Pool() {}

    /** The policy this pool was made with. */
    public BalancePolicy policy() {
        throw new UnsupportedOperationException();
    }

    /** The endpoints as of now. */
    public List<Endpoint> endpoints() {
        throw new UnsupportedOperationException();
    }

    /** Replaces the endpoints: one volatile store. Leases of endpoints that are gone stay valid. */
    public void update(List<Endpoint> endpoints) {
        throw new UnsupportedOperationException();
    }

    /** Chooses an endpoint that {@code key} has not tried, or null if there is none. */
    public @Nullable Lease lease(PickKey key) {
        throw new UnsupportedOperationException();
    }
}
