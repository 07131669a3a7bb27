package dev.adit.balancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds the endpoints of one pool that misbehave, by {@link OutlierDetection}. Nothing runs by itself: leases that end bring
 * the time along, those that fail and, where latency matters, all.
 */
final class Outliers {
    /** So many endpoints must have been asked enough before they are compared. */
    private static final int LEAST_ENDPOINTS = 5;

    private static final double LEAST_GAP = 0.05;

    private final Pool pool;
    private final OutlierDetection rules;
    private final AtomicLong nextSweep;
    /** Answers and failures of every endpoint as of the last sweep. Guarded by this. */
    private Map<Vitals, Count> before = new IdentityHashMap<>();

    private record Count(int answers, int failures) {
        static final Count NONE = new Count(0, 0);

        static Count of(Vitals vitals) {
            return new Count(vitals.answers(), vitals.failures());
        }

        Count since(Count earlier) {
            return new Count(answers - earlier.answers, failures - earlier.failures);
        }

        int requests() {
            return answers + failures;
        }

        double successRate() {
            return answers / (double) requests();
        }
    }

    private record Verdict(Vitals vitals, BalancerListener.Cause cause) {}

    Outliers(Pool pool, OutlierDetection rules, long now) {
        this.pool = pool;
        this.rules = rules;
        this.nextSweep = new AtomicLong(now + rules.interval().toNanos());
    }

    /** A lease ended in a failure. */
    void failed(Vitals vitals, int failuresInARow, long now) {
        if (rules.consecutiveFailures() > 0 && failuresInARow >= rules.consecutiveFailures() && !vitals.isEjected()) {
            eject(vitals, BalancerListener.Cause.CONSECUTIVE_FAILURES, now);
        }
        passed(now);
    }

    /** Time has passed. */
    void passed(long now) {
        long due = nextSweep.get();
        if (now - due >= 0
                && nextSweep.compareAndSet(due, now + rules.interval().toNanos())) {
            for (Verdict verdict : sweep(now)) {
                eject(verdict.vitals, verdict.cause, now);
            }
        }
    }

    private void eject(Vitals vitals, BalancerListener.Cause cause, long now) {
        long nanos = pool.eject(vitals, rules, now);
        if (nanos > 0) {
            pool.balancer().listener().ejected(vitals.endpoint(), cause, Duration.ofNanos(nanos));
        }
    }

    private synchronized List<Verdict> sweep(long now) {
        Map<Vitals, Count> after = new IdentityHashMap<>();
        Map<Vitals, Count> asked = new IdentityHashMap<>();
        List<Vitals> order = new ArrayList<>();
        for (Seat seat : pool.seats()) {
            Count count = Count.of(seat.vitals);
            after.put(seat.vitals, count);
            Count since = count.since(before.getOrDefault(seat.vitals, Count.NONE));
            if (since.requests() >= rules.minRequests() && !seat.vitals.isEjected()) {
                asked.put(seat.vitals, since);
                order.add(seat.vitals);
            }
        }
        before = after;
        List<Verdict> verdicts = new ArrayList<>();
        if (order.size() >= LEAST_ENDPOINTS) {
            if (rules.successDeviations() > 0) {
                judgeRates(order, asked, verdicts);
            }
            if (rules.latencyFactor() > 0) {
                judgeLatencies(order, verdicts);
            }
        }
        return verdicts;
    }

    private void judgeRates(List<Vitals> order, Map<Vitals, Count> asked, List<Verdict> verdicts) {
        double[] rates = order.stream()
                .mapToDouble(v -> asked.getOrDefault(v, Count.NONE).successRate())
                .toArray();
        double mean = Arrays.stream(rates).average().orElse(1);
        double variance =
                Arrays.stream(rates).map(r -> (r - mean) * (r - mean)).average().orElse(0);
        double least = mean - Math.max(LEAST_GAP, rules.successDeviations() * Math.sqrt(variance));
        for (int i = 0; i < rates.length; i++) {
            if (rates[i] < least) {
                verdicts.add(new Verdict(order.get(i), BalancerListener.Cause.SUCCESS_RATE));
            }
        }
    }

    private void judgeLatencies(List<Vitals> order, List<Verdict> verdicts) {
        double[] sorted =
                order.stream().mapToDouble(v -> v.latency().last()).sorted().toArray();
        double most = sorted[sorted.length / 2] * rules.latencyFactor();
        for (Vitals vitals : order) {
            if (vitals.latency().last() > most) {
                verdicts.add(new Verdict(vitals, BalancerListener.Cause.LATENCY));
            }
        }
    }
}
