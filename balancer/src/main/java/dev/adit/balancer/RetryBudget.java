package dev.adit.balancer;

/**
 * How many of the leases that are open may be retries: a share of the live load, so that retries cannot multiply an outage.
 *
 * @param share of the leases open at the pool's endpoints: 0 to 1
 * @param least retries that may always be open: 0 or more
 */
public record RetryBudget(double share, int least) {
    /** A fifth of the live load, and three at any time. */
    public static final RetryBudget DEFAULT = new RetryBudget(0.2, 3);

    public RetryBudget {
        if (!(share >= 0 && share <= 1) || least < 0) {
            throw new IllegalArgumentException("not a retry budget: " + share + ", " + least);
        }
    }

    /** Retries that may be open among so many leases. */
    int allowed(int live) {
        return Math.max(least, (int) (live * share));
    }
}
