package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * What is learned about one endpoint, shared by every pool that names it: for now, how many leases are open.
 *
 * <pre>
 *             tryEnter / leave                tryRetire: nobody names it, nothing in flight
 *   in flight 0 &lt;-----------&gt; 1, 2, 3 ...     in flight 0 -----------------------------------&gt; RETIRED (final)
 * </pre>
 *
 * Retired vitals are out of the balancer's map and let no lease in, so an endpoint never has two counts at once.
 */
final class Vitals {
    private static final int RETIRED = Integer.MIN_VALUE;
    private static final AtomicIntegerFieldUpdater<Vitals> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(Vitals.class, "inFlight");

    private final Balancer owner;
    private final Endpoint endpoint;
    private volatile int inFlight;
    /** How many pools name the endpoint. Written only inside atomic steps of the owner's map. */
    private volatile int pools;

    Vitals(Balancer owner, Endpoint endpoint) {
        this.owner = owner;
        this.endpoint = endpoint;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    int inFlight() {
        return Math.max(0, inFlight);
    }

    /** Counts a lease in; false if these vitals are retired. */
    boolean tryEnter() {
        // An addition instead of a compare-and-set: on retired vitals it does no harm, as they stay negative.
        return IN_FLIGHT.getAndIncrement(this) >= 0;
    }

    /** Counts a lease out. */
    void leave() {
        // Whoever comes second, this or the pool that gives the endpoint up, sees what the other wrote and drops it.
        if (IN_FLIGHT.decrementAndGet(this) == 0 && pools == 0) {
            owner.dropIfIdle(this);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // see the field
    void retain() {
        pools++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // see the field
    void release() {
        pools--;
    }

    boolean tryRetire() {
        return pools == 0 && IN_FLIGHT.compareAndSet(this, 0, RETIRED);
    }
}
