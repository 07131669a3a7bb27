package dev.adit.balancer;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** One attempt at one endpoint. It must be closed; until then it counts as in flight. */
public final class Lease {
    private static final AtomicIntegerFieldUpdater<Lease> CLOSED =
            AtomicIntegerFieldUpdater.newUpdater(Lease.class, "closed");

    private final Vitals vitals;
    private volatile int closed;

    /** @param vitals which have counted this lease in */
    Lease(Vitals vitals) {
        this.vitals = vitals;
    }

    /** The endpoint. */
    public Endpoint endpoint() {
        return vitals.endpoint();
    }

    /** Ends the attempt; every call but the first does nothing and returns false. Safe from any thread. */
    public boolean close(LeaseOutcome outcome) {
        Objects.requireNonNull(outcome);
        if (!CLOSED.compareAndSet(this, 0, 1)) {
            return false;
        }
        vitals.leave();
        return true;
    }

    @Override
    public String toString() {
        return endpoint() + (closed == 0 ? " open" : " closed");
    }
}
