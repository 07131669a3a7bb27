package dev.adit.balancer;

import java.util.List;

/** Makes pools and owns what is learned about endpoints, which all pools share. */
public final class Balancer {
    /** A pool of {@code endpoints}. */
    public Pool pool(BalancePolicy policy, List<Endpoint> endpoints) {
        throw new UnsupportedOperationException();
    }

    /** How many leases are open at {@code endpoint}, over all pools. */
    public int inFlight(Endpoint endpoint) {
        throw new UnsupportedOperationException();
    }
}
