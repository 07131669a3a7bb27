package dev.adit.balancer;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is learned about one endpoint, shared by every pool that names it: how many leases are open, how quick it is, and
 * whether it is left out.
 *
 * <pre>
 *             tryEnter / leave                tryRetire: nobody names it, nothing in flight
 *   in flight 0 &lt;-----------&gt; 1, 2, 3 ...     in flight 0 -----------------------------------&gt; RETIRED (final)
 *
 *                  eject                    restore: its time is over
 *   in use -------------------> ejected ------------------------------> in use
 * </pre>
 *
 * Retired vitals are out of the balancer's map and let no lease in, so an endpoint never has two counts at once. Leases are
 * counted in stripes: a lease leaves where it entered.
 */
final class Vitals {
    private static final int RETIRED = Integer.MIN_VALUE;
    private static final Pool[] NOBODY = {};
    private static final int IN_FLIGHT = 0;
    private static final int ANSWERED = 1;

    private final Balancer owner;
    private final Endpoint endpoint;
    /** In every stripe the leases in flight, and beside them the answers so far. */
    private final int[] counters = Stripes.counters();

    private final AtomicInteger failed = new AtomicInteger();
    private final Latency latency = new Latency();
    /** The pools that name the endpoint, as often as they do. Written only inside atomic steps of the owner's map. */
    private volatile Pool[] pools = NOBODY;

    private volatile boolean down;
    /** What the last probe brought, or null. */
    private volatile PoolView.@Nullable ProbeView probe;

    /** Failures since the last answer. */
    private volatile int failuresInARow;

    /** Guarded by this, but read without. */
    private volatile boolean ejected;

    private volatile long ejectedUntil;
    /** How often it was ejected, one time soon after another. Guarded by this. */
    private int ejections;

    private long ejectedFor;

    /** Since when the endpoint is new, if it is. */
    private volatile boolean isNew;

    private volatile long newSince;

    Vitals(Balancer owner, Endpoint endpoint) {
        this.owner = owner;
        this.endpoint = endpoint;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    // --- leases

    int inFlight() {
        int sum = 0;
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            // A stripe that is about to retire, or has, is negative: what the others have counted stays true.
            sum += Math.max(0, Stripes.get(counters, Stripes.slot(stripe) + IN_FLIGHT));
        }
        return sum;
    }

    /** Counts a lease in; false if these vitals are retired. */
    boolean tryEnter(int stripe) {
        // An addition instead of a compare-and-set: on retired vitals it does no harm, as they stay negative.
        return Stripes.getAndAdd(counters, Stripes.slot(stripe) + IN_FLIGHT, 1) >= 0;
    }

    /** Counts a lease out. */
    void leave(int stripe) {
        // Whoever comes second, this or the pool that gives the endpoint up, sees what the other wrote and drops it.
        if (Stripes.getAndAdd(counters, Stripes.slot(stripe) + IN_FLIGHT, -1) == 1 && pools.length == 0) {
            owner.dropIfIdle(this);
        }
    }

    Pool[] pools() {
        return pools;
    }

    void retain(Pool pool) {
        Pool[] more = Arrays.copyOf(pools, pools.length + 1);
        more[more.length - 1] = pool;
        pools = more;
    }

    void release(Pool pool) {
        Pool[] before = pools;
        int gone = Arrays.asList(before).indexOf(pool);
        Pool[] fewer = Arrays.copyOf(before, before.length - 1);
        System.arraycopy(before, gone + 1, fewer, gone, fewer.length - gone);
        pools = fewer;
    }

    /** Only inside an atomic step of the owner's map. */
    boolean tryRetire() {
        if (pools.length > 0) {
            return false;
        }
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            if (!Stripes.compareAndSet(counters, Stripes.slot(stripe) + IN_FLIGHT, 0, RETIRED)) {
                // Whoever was turned away meanwhile waits for this step to end, so nothing that was counted is lost.
                for (int undone = 0; undone < stripe; undone++) {
                    Stripes.set(counters, Stripes.slot(undone) + IN_FLIGHT, 0);
                }
                return false;
            }
        }
        return true;
    }

    // --- health

    Latency latency() {
        return latency;
    }

    void answered(int stripe) {
        Stripes.getAndAdd(counters, Stripes.slot(stripe) + ANSWERED, 1);
        if (failuresInARow != 0) {
            failuresInARow = 0;
        }
    }

    /**
     * Failures in a row, with this one. An ejection does not end the row, so that an endpoint which was let in again is out
     * at its next failure unless it has answered before.
     */
    synchronized int failed() {
        failed.getAndIncrement();
        int failures = failuresInARow;
        failuresInARow = failures == Integer.MAX_VALUE ? failures : failures + 1;
        return failuresInARow;
    }

    int failuresInARow() {
        return failuresInARow;
    }

    int answers() {
        return Stripes.sum(counters, ANSWERED);
    }

    int failures() {
        return failed.get();
    }

    /** Whether a pool should do without the endpoint; then until {@link #ejectedUntil}. */
    boolean isEjected() {
        return ejected;
    }

    long ejectedUntil() {
        return ejectedUntil;
    }

    /**
     * Begins an ejection and says how long it is, or 0 if one is under way.
     *
     * @param jitter 0 to 1: how much of the half of it that chance may add
     */
    synchronized long eject(long now, OutlierDetection rules, double jitter) {
        if (ejected) {
            return 0;
        }
        // Who behaved for as long as it was out begins anew.
        boolean again = ejections > 0 && now - ejectedUntil < ejectedFor;
        ejections = again ? ejections + 1 : 1;
        ejectedFor = (long) (rules.ejectionNanos(ejections) * (1 + jitter / 2));
        ejectedUntil = now + ejectedFor;
        ejected = true;
        return ejectedFor;
    }

    /** Ends an ejection whose time is over; true for the one who did. */
    synchronized boolean restore(long now) {
        if (!ejected || now - ejectedUntil < 0) {
            return false;
        }
        ejected = false;
        isNew = true;
        newSince = ejectedUntil;
        latency.forget();
        return true;
    }

    boolean isDown() {
        return down;
    }

    /** Whether that is news. */
    synchronized boolean mark(boolean isUp, long now) {
        boolean changes = down == isUp;
        down = !isUp;
        if (changes && isUp) {
            isNew = true;
            newSince = now;
        }
        return changes;
    }

    PoolView.@Nullable ProbeView probe() {
        return probe;
    }

    void probed(PoolView.ProbeView seen) {
        probe = seen;
    }

    // --- age

    void comes(long now) {
        newSince = now;
        isNew = true;
    }

    /** Nanoseconds since the endpoint came, or the greatest number if it was always there. */
    long age(long now) {
        return isNew ? Math.max(0, now - newSince) : Long.MAX_VALUE;
    }
}
