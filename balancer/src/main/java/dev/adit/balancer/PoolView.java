package dev.adit.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool as of one moment, for reports and tests.
 *
 * @param policy how it chooses
 * @param inFlight leases open at its endpoints, over all pools
 * @param retries leases of this pool that are open and are retries
 * @param pending requests that wait for a lease of this pool
 * @param panic whether so few endpoints are left that all are used
 * @param members in the order they were given
 */
public record PoolView(
        BalancePolicy policy, int inFlight, int retries, int pending, boolean panic, List<MemberView> members) {
    public PoolView {
        members = List.copyOf(members);
    }

    /** Whether a member gets requests. */
    public enum State {
        /** It does. */
        ACTIVE,
        /** It gets only the sticky sessions it has, as long as others are left. */
        DRAINING,
        /** It misbehaved and is left out for a while. */
        EJECTED,
        /** Health checks say that it is down. */
        DOWN
    }

    /**
     * An endpoint in the pool.
     *
     * @param member its place
     * @param state whether it gets requests
     * @param effectiveWeight its weight as slow start has it now
     * @param inFlight leases open there, over all pools
     * @param connections connections open there, over all pools
     * @param failures failures in a row
     * @param latencyNanos moving average of its latency, or 0 if none was measured
     * @param ejectedForNanos how long it will be left out, or 0
     * @param probe what the last probe brought, or null if there was none
     */
    public record MemberView(
            Member member,
            State state,
            double effectiveWeight,
            int inFlight,
            int connections,
            int failures,
            long latencyNanos,
            long ejectedForNanos,
            @Nullable ProbeView probe) {}

    /**
     * How a probe of a health check went.
     *
     * @param passed whether it passed
     * @param inARow how many have gone like that, this one included
     * @param detail what was seen, in a few words
     */
    public record ProbeView(boolean passed, int inARow, String detail) {}
}
