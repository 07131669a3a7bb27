package dev.adit.balancer;

import java.time.Duration;

/**
 * How many leases may be open at once. Beyond that some requests may wait until one ends; the others get none, rather than
 * piling up. And how many connections, for those who ask for {@linkplain Pool#permit permits}.
 *
 * @param pool at all endpoints of a pool together; positive
 * @param endpoint at one endpoint, counting the leases of that pool; positive
 * @param pending how many requests may wait for a lease of the pool: 0 or more
 * @param patience how long one waits at most; positive
 * @param connections how many connections to one endpoint may be open, counting those of other pools; positive
 */
public record CircuitLimits(int pool, int endpoint, int pending, Duration patience, int connections) {
    /** No limits. */
    public static final CircuitLimits NONE = new CircuitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public CircuitLimits {
        if (pool < 1 || endpoint < 1 || connections < 1) {
            throw new IllegalArgumentException(
                    "limits are positive, not " + pool + ", " + endpoint + " and " + connections);
        }
        if (pending < 0 || patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("not a queue: " + pending + " for " + patience);
        }
    }

    /** Limits at which nobody waits. */
    public CircuitLimits(int pool, int endpoint) {
        this(pool, endpoint, 0, Duration.ofSeconds(5), Integer.MAX_VALUE);
    }

    /** The same where so many may wait for so long. */
    public CircuitLimits withPending(int most, Duration time) {
        return new CircuitLimits(pool, endpoint, most, time, connections);
    }

    /**
     * The same with so many connections to each endpoint, which carry {@code requests} at once each: no more leases than that
     * are open at an endpoint, so that a request waits where it can still go elsewhere.
     */
    public CircuitLimits withConnections(int most, int requests) {
        int carried = (int) Math.min((long) most * requests, Integer.MAX_VALUE);
        return new CircuitLimits(pool, Math.min(endpoint, carried), pending, patience, most);
    }

    /** Whether leases are limited, so that they have to be counted. */
    boolean any() {
        return pool != Integer.MAX_VALUE || endpoint != Integer.MAX_VALUE;
    }
}
