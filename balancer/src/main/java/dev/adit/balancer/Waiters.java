package dev.adit.balancer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a lease of one pool, first come, first served. Whoever may have made room asks them to be
 * {@link #serve}d. Where connections are limited, one who waits on the thread that made room may come before others, for a
 * while: connections stay with the threads that opened them, and would have to be closed and opened for each of the others.
 * Safe for any number of threads.
 *
 * <pre>
 *              room             serve
 *   Waiter: waiting ---------> granted: it has a lease
 *              +-------------> gone
 *                cancel
 * </pre>
 */
final class Waiters {
    /** How often one who waits on the thread that made room may come first, one time after another. */
    static final int FAVOURS = 16;
    /** How many are looked at to find such a one. */
    private static final int LOOK = 64;

    private final Pool pool;
    private final int most;
    private final boolean favours;
    /** How often others were passed since the first was served. Guarded by this. */
    private int passed;

    private final Deque<Waiter> queue = new ArrayDeque<>();
    /** Of {@link #queue}, for those who do not want to wait for its lock. */
    private volatile int size;

    Waiters(Pool pool, int most) {
        this.pool = pool;
        this.most = most;
        this.favours = pool.settings().limits().connections() < Integer.MAX_VALUE;
    }

    int size() {
        return size;
    }

    /** Null if as many wait already. */
    @Nullable
    Waiter add(PickKey key, Consumer<Lease> granted) {
        Waiter waiter = new Waiter(this, key, granted);
        synchronized (this) {
            if (queue.size() >= most) {
                return null;
            }
            queue.add(waiter);
            size = queue.size();
        }
        // What there was no room for may have ended before anybody knew who waits.
        serve();
        return waiter;
    }

    synchronized boolean remove(Waiter waiter) {
        boolean waits = queue.remove(waiter);
        size = queue.size();
        return waits;
    }

    /** Who waits on this thread, if such a one may come before the first. */
    private @Nullable Waiter favoured() {
        Waiter first = queue.peek();
        long here = Thread.currentThread().getId();
        if (!favours || first == null || first.thread == here || passed >= FAVOURS) {
            return null;
        }
        return queue.stream()
                .limit(LOOK)
                .filter(one -> one.thread == here)
                .findFirst()
                .orElse(null);
    }

    /**
     * Gives leases to those who wait as far as there is room. To be called after room was made, or was taken for a moment
     * and given back: then somebody else may have found none.
     */
    void serve() {
        while (size > 0) {
            Waiter next;
            Lease lease;
            synchronized (this) {
                next = favoured();
                lease = next == null ? null : pool.leaseNow(next.key);
                boolean passes = lease != null;
                if (!passes) {
                    next = queue.peek();
                    lease = next == null ? null : pool.leaseNow(next.key);
                }
                if (next == null || lease == null) {
                    return;
                }
                passed = passes ? passed + 1 : 0;
                queue.remove(next);
                size = queue.size();
            }
            next.granted.accept(lease);
        }
    }
}
