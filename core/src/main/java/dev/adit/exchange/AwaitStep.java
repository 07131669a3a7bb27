package dev.adit.exchange;

import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.balancer.Waiter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for a lease. Somebody else's thread brings it, at any time: also when nobody waits any more.
 *
 * <pre>
 *   waiting --granted--&gt; holds a lease --take--&gt; over
 *      +--------------- take, abandon ------------^     a lease that comes then is let go at once
 * </pre>
 */
final class AwaitStep implements Await {
    private final Pool pool;
    private @Nullable Waiter waiter;
    // Guarded by this.
    private @Nullable Lease granted;
    private @Nullable Runnable wake;
    private boolean over;

    private AwaitStep(Pool pool) {
        this.pool = pool;
    }

    /** Null if nobody may wait for {@code pool}, or enough do. */
    static @Nullable AwaitStep begin(Pool pool, PickKey key) {
        AwaitStep step = new AwaitStep(pool);
        step.waiter = pool.await(key, step::granted);
        return step.waiter == null ? null : step;
    }

    @Override
    public Duration patience() {
        return pool.settings().limits().patience();
    }

    private void granted(Lease lease) {
        boolean late;
        Runnable told;
        synchronized (this) {
            late = over;
            granted = late ? null : lease;
            told = wake;
        }
        if (late) {
            lease.close(LeaseOutcome.ABANDONED);
        } else if (told != null) {
            told.run();
        }
    }

    @Override
    public void begin(Runnable run) {
        boolean now;
        synchronized (this) {
            wake = run;
            now = granted != null;
        }
        if (now) {
            run.run();
        }
    }

    /** Ends the waiting; returns the lease that it brought, or null. */
    @Nullable
    Lease take() {
        Lease taken;
        synchronized (this) {
            over = true;
            taken = granted;
            granted = null;
        }
        if (taken == null) {
            Objects.requireNonNull(waiter).cancel();
        }
        return taken;
    }

    /** Ends the waiting, and lets go of what it brought. Safe from any thread. */
    void abandon() {
        Lease taken = take();
        if (taken != null) {
            taken.close(LeaseOutcome.ABANDONED);
        }
    }
}
