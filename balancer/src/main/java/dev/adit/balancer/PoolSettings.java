package dev.adit.balancer;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Pool} does besides naming endpoints.
 *
 * @param policy how it chooses
 * @param slowStart how new endpoints get their share, or null: at once
 * @param zone which zone it prefers, or null: none
 * @param outliers when an endpoint that misbehaves is left out, or null: never
 * @param limits how many leases may be open, and how many requests wait for one
 * @param retries how many of them may be retries, or null: all
 * @param check how its endpoints are probed, or null: not at all
 */
public record PoolSettings(
        BalancePolicy policy,
        @Nullable SlowStart slowStart,
        @Nullable ZonePreference zone,
        @Nullable OutlierDetection outliers,
        CircuitLimits limits,
        @Nullable RetryBudget retries,
        @Nullable HealthCheck check) {
    public PoolSettings {
        Objects.requireNonNull(policy);
        Objects.requireNonNull(limits);
    }

    /** The policy and nothing else. */
    public static PoolSettings of(BalancePolicy policy) {
        return new PoolSettings(policy, null, null, null, CircuitLimits.NONE, null, null);
    }

    /** The same with slow start. */
    public PoolSettings with(SlowStart value) {
        return new PoolSettings(policy, value, zone, outliers, limits, retries, check);
    }

    /** The same with a preferred zone. */
    public PoolSettings with(ZonePreference value) {
        return new PoolSettings(policy, slowStart, value, outliers, limits, retries, check);
    }

    /** The same with outlier detection. */
    public PoolSettings with(OutlierDetection value) {
        return new PoolSettings(policy, slowStart, zone, value, limits, retries, check);
    }

    /** The same with limits. */
    public PoolSettings with(CircuitLimits value) {
        return new PoolSettings(policy, slowStart, zone, outliers, value, retries, check);
    }

    /** The same with a retry budget. */
    public PoolSettings with(RetryBudget value) {
        return new PoolSettings(policy, slowStart, zone, outliers, limits, value, check);
    }

    /** The same with health checks. */
    public PoolSettings with(HealthCheck value) {
        return new PoolSettings(policy, slowStart, zone, outliers, limits, retries, value);
    }

    /** Whether the latency of endpoints matters, so that the clock is read for every lease. */
    boolean timed() {
        return policy instanceof BalancePolicy.PeakEwma || outliers != null && outliers.latencyFactor() > 0;
    }

    /** Whether the leases of this pool must be counted apart from those of others. */
    boolean counted() {
        return limits.any() || policy instanceof BalancePolicy.ConsistentHash hash && hash.bound() > 0;
    }
}
