package dev.adit.balancer;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** One attempt at one endpoint. It must be closed; until then it counts as in flight. */
public sealed class Lease {
    private static final AtomicIntegerFieldUpdater<Lease> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Lease.class, "state");
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final int RETRY = 1 << 16;

    private final Seat seat;
    private final Vitals vitals;
    /** The stripe it was counted in, whether it is a retry, and whether it is closed. */
    private volatile int state;

    /** @param vitals which have counted this lease in: the seat's, or those that came after them */
    Lease(Seat seat, Vitals vitals, int stripe, boolean retry) {
        this.seat = seat;
        this.vitals = vitals;
        STATE.lazySet(this, retry ? stripe | RETRY : stripe);
    }

    /** The endpoint. */
    public final Endpoint endpoint() {
        return vitals.endpoint();
    }

    /** Ends the attempt; every call but the first does nothing and returns false. Safe from any thread. */
    public final boolean close(LeaseOutcome outcome) {
        Objects.requireNonNull(outcome);
        int open = state;
        if (open < 0 || !STATE.compareAndSet(this, open, open | CLOSED)) {
            return false;
        }
        int stripe = open & ~RETRY;
        measure(outcome);
        seat.pool.ended(seat, vitals, stripe, outcome, (open & RETRY) != 0);
        vitals.leave(stripe);
        seat.pool.serveWaiters();
        return true;
    }

    @Override
    public final String toString() {
        return endpoint() + (state < 0 ? " closed" : " open");
    }

    /**
     * Says that the endpoint has begun to answer: its latency ends here, and not when the client has taken in the last of
     * the answer. Optional; without it, it ends with the lease. Call before {@link #close}, at most once.
     */
    public final void answered() {
        measure(LeaseOutcome.ANSWERED);
    }

    /** Takes the latency, where somebody wants to know. */
    void measure(LeaseOutcome outcome) {}

    /** Of a pool that wants to know latencies. Leases of others need not carry the time. */
    static final class Timed extends Lease {
        private final long started;
        /** Written by whoever holds the lease, and read by whoever closes it: at worst a latency counts twice. */
        private boolean measured;

        Timed(Seat seat, Vitals vitals, int stripe, boolean retry, long started) {
            super(seat, vitals, stripe, retry);
            this.started = started;
        }

        @Override
        void measure(LeaseOutcome outcome) {
            // An answer that breaks off is a failure however quickly it began.
            if (outcome == LeaseOutcome.FAILED || outcome == LeaseOutcome.ANSWERED && !measured) {
                measured = true;
                pool().measured(vitals(), started, outcome);
            }
        }
    }

    final Pool pool() {
        return seat.pool;
    }

    final Vitals vitals() {
        return vitals;
    }
}
