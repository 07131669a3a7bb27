package dev.adit.balancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A balancer whose time stands still until it is told to pass, and whose chance is a seed. */
final class Workbench implements BalancerListener {
    /** Close to where a clock may wrap, so that everything that compares times is tried there. */
    long now = Long.MAX_VALUE - 1_000_000;

    final List<String> events = new ArrayList<>();
    final Balancer balancer;

    Workbench(long seed) {
        this(new SplittableRandom(seed));
    }

    private Workbench(RandomGenerator random) {
        balancer = new Balancer(() -> now, random, this);
    }

    /** Chance never adds anything. */
    static Workbench withoutChance() {
        return new Workbench(() -> 0);
    }

    @Override
    public void ejected(Endpoint endpoint, Cause cause, Duration time) {
        events.add("ejected " + endpoint.host() + " " + cause + " " + time);
    }

    @Override
    public void restored(Endpoint endpoint) {
        events.add("restored " + endpoint.host());
    }

    @Override
    public void marked(Endpoint endpoint, boolean up, String detail) {
        events.add("marked " + endpoint.host() + (up ? " up: " : " down: ") + detail);
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    void passMillis(long millis) {
        pass(Duration.ofMillis(millis));
    }

    /** Endpoints {@code 10.0.0.1} and so on. */
    static List<Member> members(int count) {
        return Member.allOf(endpoints(count));
    }

    static List<Endpoint> endpoints(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> Endpoint.of("10.0." + (i >> 8) + "." + (i & 255), 8080))
                .toList();
    }

    static Endpoint endpoint(int number) {
        return endpoints(number).get(number - 1);
    }

    /** Weights of {@code 10.0.0.1} and so on. */
    static List<Member> weighted(List<Integer> weights) {
        List<Endpoint> endpoints = endpoints(weights.size());
        return IntStream.range(0, weights.size())
                .mapToObj(i -> Member.of(endpoints.get(i)).withWeight(weights.get(i)))
                .toList();
    }

    /** The choice of one request that is answered at once. */
    static @Nullable Endpoint ask(Pool pool, PickKey key) {
        return ask(pool, key, LeaseOutcome.ANSWERED);
    }

    static @Nullable Endpoint ask(Pool pool, PickKey key, LeaseOutcome outcome) {
        Lease lease = pool.lease(key);
        if (lease == null) {
            return null;
        }
        lease.close(outcome);
        return lease.endpoint();
    }

    /** How often each of {@code 10.0.0.1} and so on is chosen. */
    static int[] counts(Pool pool, int endpoints, int requests) {
        int[] counts = new int[endpoints];
        List<Endpoint> all = endpoints(endpoints);
        for (int i = 0; i < requests; i++) {
            counts[all.indexOf(ask(pool, PickKey.ANY))]++;
        }
        return counts;
    }

    /** What a request knows. */
    record Key(long hash, Set<Endpoint> endpoints, @Nullable SessionToken session) implements PickKey {
        static Key hash(long hash) {
            return new Key(hash, Set.of(), null);
        }

        static Key tried(Endpoint... endpoints) {
            return new Key(0, Set.of(endpoints), null);
        }

        static Key session(@Nullable SessionToken session) {
            return new Key(0, Set.of(), session);
        }

        Key without(Endpoint... tried) {
            return new Key(hash, Set.of(tried), session);
        }

        @Override
        public boolean tried(Endpoint endpoint) {
            return endpoints.contains(endpoint);
        }
    }
}
