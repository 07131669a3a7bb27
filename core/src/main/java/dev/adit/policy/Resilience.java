package dev.adit.policy;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.PoolSettings;
import dev.adit.balancer.RetryBudget;
import dev.adit.balancer.SlowStart;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the pool of a backend does to stay well, besides choosing: see {@link PoolSettings}.
 *
 * @param check how endpoints are probed, or null: not at all
 * @param outliers when an endpoint that misbehaves is left out, or null: never
 * @param slowStart how new endpoints get their share, or null: at once
 * @param limits how much may be under way at once
 * @param retries how much of it may be retries, or null: all
 */
public record Resilience(
        @Nullable HealthCheck check,
        @Nullable OutlierDetection outliers,
        @Nullable SlowStart slowStart,
        CircuitLimits limits,
        @Nullable RetryBudget retries) {
    /** None of it. */
    public static final Resilience NONE = new Resilience(null, null, null, CircuitLimits.NONE, null);

    public Resilience {
        Objects.requireNonNull(limits);
    }

    /**
     * This, changed by options: {@code health-check=http}, {@code health-check-path=/healthz} and so on.
     *
     * @throws OptionException for an unknown option, or a value that cannot be used; the message names it
     */
    public Resilience with(Map<String, String> options) {
        return ResilienceOptions.apply(this, options);
    }

    /** Whether there is an option of that name. */
    public static boolean isOption(String key) {
        return ResilienceOptions.KEYS.contains(key);
    }

    /** The settings of a pool that chooses by {@code policy} and does all of this. */
    public PoolSettings settings(BalancePolicy policy) {
        return new PoolSettings(policy, slowStart, null, outliers, limits, retries, check);
    }
}
