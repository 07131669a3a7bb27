package dev.adit.balancer;

import java.time.Duration;

/**
 * When an endpoint that misbehaves gets no requests for a while, judged by the requests it gets anyway (passive health
 * checks). After that it is tried again: if it fails at once, it is out at once, and for longer.
 *
 * @param consecutiveFailures so many failures in a row; 0 for never
 * @param successDeviations a success rate this many standard deviations, and at least five hundredths, below the mean of the
 *     pool; 0 for never
 * @param latencyFactor a latency this many times the median of the pool; 0 for never, else above 1. To measure latency
 *     costs two looks at the clock for every request
 * @param interval how often rates and latencies are compared; positive
 * @param minRequests requests in an interval for a success rate or a latency to mean anything; positive. At least five
 *     endpoints must have that many
 * @param baseEjection how long an endpoint is out for the first time; twice that for the second time, and so on; positive.
 *     Chance adds up to a half, so that those that went together do not all come back together
 * @param maxEjection how long it is out at most, before chance adds to it
 * @param maxShare never more than this share of a pool is out for misbehaving: 0 to 1
 * @param panicShare if less than this share of a pool is left, all of it is used: 0 to 1
 */
public record OutlierDetection(
        int consecutiveFailures,
        double successDeviations,
        double latencyFactor,
        Duration interval,
        int minRequests,
        Duration baseEjection,
        Duration maxEjection,
        double maxShare,
        double panicShare) {
    /** Five failures in a row, or a success rate far below the others; at most half of a pool, from 10 s to 5 minutes. */
    public static final OutlierDetection DEFAULT = new OutlierDetection(
            5, 1.9, 0, Duration.ofSeconds(10), 50, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5, 0.3);

    public OutlierDetection {
        require(consecutiveFailures >= 0, "consecutiveFailures");
        require(successDeviations >= 0 && successDeviations <= 100, "successDeviations");
        require(latencyFactor == 0 || latencyFactor > 1 && latencyFactor <= 1_000_000, "latencyFactor");
        require(isPositive(interval), "interval");
        require(minRequests > 0, "minRequests");
        require(isPositive(baseEjection), "baseEjection");
        require(maxEjection.compareTo(baseEjection) >= 0, "maxEjection");
        require(maxShare >= 0 && maxShare <= 1, "maxShare");
        require(panicShare >= 0 && panicShare <= 1, "panicShare");
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isZero() && !duration.isNegative();
    }

    private static void require(boolean holds, String name) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is out of its range");
        }
    }

    /** The same with another number of failures in a row. */
    public OutlierDetection withConsecutiveFailures(int value) {
        return new OutlierDetection(
                value,
                successDeviations,
                latencyFactor,
                interval,
                minRequests,
                baseEjection,
                maxEjection,
                maxShare,
                panicShare);
    }

    /** The same with another distance of success rates. */
    public OutlierDetection withSuccessDeviations(double value) {
        return new OutlierDetection(
                consecutiveFailures,
                value,
                latencyFactor,
                interval,
                minRequests,
                baseEjection,
                maxEjection,
                maxShare,
                panicShare);
    }

    /** The same with another factor of latencies. */
    public OutlierDetection withLatencyFactor(double value) {
        return new OutlierDetection(
                consecutiveFailures,
                successDeviations,
                value,
                interval,
                minRequests,
                baseEjection,
                maxEjection,
                maxShare,
                panicShare);
    }

    /** The same with other shares. */
    public OutlierDetection withShares(double max, double panic) {
        return new OutlierDetection(
                consecutiveFailures,
                successDeviations,
                latencyFactor,
                interval,
                minRequests,
                baseEjection,
                maxEjection,
                max,
                panic);
    }

    /** Endpoints of {@code members} that may be out. */
    int allowed(int members) {
        return (int) (members * maxShare);
    }

    /** How long an endpoint is out for the {@code time}th time, 1 and up. */
    long ejectionNanos(int time) {
        return Math.min(maxEjection.toNanos(), baseEjection.multipliedBy(time).toNanos());
    }
}
