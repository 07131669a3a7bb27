package dev.adit.balancer;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** One attempt at one endpoint. It must be closed; until then it counts as in flight. */
public final class Lease {
    private static final AtomicIntegerFieldUpdater<Lease> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Lease.class, "state");
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final int RETRY = 1 << 16;

    private final Seat seat;
    private final Vitals vitals;
    /** The clock when it began, if the pool wants to know. */
    private final long started;
    /** The stripe it was counted in, whether it is a retry, and whether it is closed. */
    private volatile int state;

    /** @param vitals which have counted this lease in: the seat's, or those that came after them */
    Lease(Seat seat, Vitals vitals, int stripe, boolean retry, long started) {
        this.seat = seat;
        this.vitals = vitals;
        this.started = started;
        STATE.lazySet(this, retry ? stripe | RETRY : stripe);
    }

    /** The endpoint. */
    public Endpoint endpoint() {
        return vitals.endpoint();
    }

    /** Ends the attempt; every call but the first does nothing and returns false. Safe from any thread. */
    public boolean close(LeaseOutcome outcome) {
        Objects.requireNonNull(outcome);
        int open = state;
        if (open < 0 || !STATE.compareAndSet(this, open, open | CLOSED)) {
            return false;
        }
        int stripe = open & ~RETRY;
        seat.pool.ended(seat, vitals, stripe, started, outcome, (open & RETRY) != 0);
        vitals.leave(stripe);
        return true;
    }

    @Override
    public String toString() {
        return endpoint() + (state < 0 ? " closed" : " open");
    }
}
