package dev.adit.balancer;

import java.time.Duration;

/**
 * Lets the share of an endpoint that is new, or was out, grow in ten equal steps from a tenth to the whole, so that it can
 * warm up. The endpoints that a pool begins with are not new.
 *
 * @param window how long that takes; positive
 */
public record SlowStart(Duration window) {
    /** Steps from nothing to the whole share. */
    static final int STEPS = 10;

    public SlowStart {
        if (window.isZero() || window.isNegative()) {
            throw new IllegalArgumentException("the window must be positive, not " + window);
        }
    }

    /** Tenths of its share that an endpoint gets which came {@code age} nanoseconds ago: 1 to 10. */
    int tenths(long age) {
        return age >= window.toNanos() ? STEPS : 1 + (int) (age / stepNanos());
    }

    /** Nanoseconds from the coming of an endpoint until it gets more than so many tenths. */
    long until(int tenths) {
        return tenths >= STEPS - 1 ? window.toNanos() : tenths * stepNanos();
    }

    private long stepNanos() {
        return Math.max(1, window.toNanos() / STEPS);
    }
}
