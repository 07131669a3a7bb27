package dev.adit.balancer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a lease of one pool, first come, first served. Whoever may have made room asks them to be
 * {@link #serve}d. Safe for any number of threads.
 *
 * <pre>
 *              room             serve
 *   Waiter: waiting ---------> granted: it has a lease
 *              +-------------> gone
 *                cancel
 * </pre>
 */
final class Waiters {
    private final Pool pool;
    private final int most;
    private final Deque<Waiter> queue = new ArrayDeque<>();
    /** Of {@link #queue}, for those who do not want to wait for its lock. */
    private volatile int size;

    Waiters(Pool pool, int most) {
        this.pool = pool;
        this.most = most;
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

    /**
     * Gives leases to those who wait as far as there is room. To be called after room was made, or was taken for a moment
     * and given back: then somebody else may have found none.
     */
    void serve() {
        while (size > 0) {
            Waiter next;
            Lease lease;
            synchronized (this) {
                next = queue.peek();
                lease = next == null ? null : pool.leaseNow(next.key);
                if (next == null || lease == null) {
                    return;
                }
                queue.remove();
                size = queue.size();
            }
            next.granted.accept(lease);
        }
    }
}
