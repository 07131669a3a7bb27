package dev.adit.balancer;

import java.time.Duration;

/**
 * How many leases may be open at once. Beyond that some requests may wait until one ends; the others get none, rather than
 * piling up.
 *
 * @param pool at all endpoints of a pool together; positive
 * @param endpoint at one endpoint, counting the leases of that pool; positive
 * @param pending how many requests may wait for a lease of the pool: 0 or more
 * @param patience how long one waits at most; positive
 */
public record CircuitLimits(int pool, int endpoint, int pending, Duration patience) {
    /** No limits. */
    public static final CircuitLimits NONE = new CircuitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public CircuitLimits {
        if (pool < 1 || endpoint < 1) {
            throw new IllegalArgumentException("limits are positive, not " + pool + " and " + endpoint);
        }
        if (pending < 0 || patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("not a queue: " + pending + " for " + patience);
        }
    }

    /** Limits at which nobody waits. */
    public CircuitLimits(int pool, int endpoint) {
        this(pool, endpoint, 0, Duration.ofSeconds(5));
    }

    /** The same where so many may wait for so long. */
    public CircuitLimits withPending(int most, Duration time) {
        return new CircuitLimits(pool, endpoint, most, time);
    }

    /** Whether leases are limited, so that they have to be counted. */
    boolean any() {
        return pool != Integer.MAX_VALUE || endpoint != Integer.MAX_VALUE;
    }
}
