package dev.adit.balancer;

/**
 * How many leases may be open at once: beyond that a pool gives none, rather than letting requests pile up.
 *
 * @param pool at all endpoints of a pool together; positive
 * @param endpoint at one endpoint, counting the leases of that pool; positive
 */
public record CircuitLimits(int pool, int endpoint) {
    /** No limits. */
    public static final CircuitLimits NONE = new CircuitLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public CircuitLimits {
        if (pool < 1 || endpoint < 1) {
            throw new IllegalArgumentException("limits are positive, not " + pool + " and " + endpoint);
        }
    }
}
