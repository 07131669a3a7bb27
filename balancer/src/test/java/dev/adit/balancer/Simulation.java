package dev.adit.balancer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Requests to servers in simulated time: minutes pass in a moment, and the same seed gives the same run.
 *
 * <pre>
 *   arrivals (Poisson) -> Pool.lease -> server: some workers and a queue -> answer -> lease closed, request done
 *                             ^                 or dead: refuses quickly -> lease closed, failed
 *                             |                                               |
 *                             +------ Pool.retry, a few times at most <-------+--> error, if it has no more tries
 *
 *   events   a heap of (time, what happens); nothing happens between two of them
 * </pre>
 */
final class Simulation {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    private static final int TRIES = 3;
    /** How long it takes to learn that nobody is there. */
    private static final long REFUSAL = MILLI;

    private record Event(long time, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time == other.time ? Long.compare(number, other.number) : Long.compare(time, other.time);
        }
    }

    /** What stands behind an endpoint. */
    static final class Server {
        private final int workers;
        private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
        private int busy;
        private double slowness = 1;
        private boolean dead;
        private long served;
        /** Requests that were there, times the nanoseconds they were. */
        private double load;

        private Server(int workers) {
            this.workers = workers;
        }

        long served() {
            return served;
        }

        double load() {
            return load;
        }
    }

    /** One request, however often it is tried. */
    private final class Request implements PickKey {
        private final long arrived = now;
        private final long hash = random.nextLong() | 1;
        private final List<Endpoint> failed = new ArrayList<>(0);

        @Override
        public long hash() {
            return hash;
        }

        @Override
        public boolean tried(Endpoint endpoint) {
            return failed.contains(endpoint);
        }

        private void attempt(@Nullable Lease lease) {
            if (lease == null) {
                end(this, false);
                return;
            }
            attempts++;
            Server server = Objects.requireNonNull(servers.get(lease.endpoint()));
            if (server.dead) {
                in(REFUSAL, () -> failed(lease));
            } else if (server.busy < server.workers) {
                serve(server, lease);
            } else {
                long since = now;
                server.queue.add(() -> {
                    server.load += now - since;
                    serve(server, lease);
                });
            }
        }

        private void serve(Server server, Lease lease) {
            server.busy++;
            double mean = serviceNanos * server.slowness;
            // Half of it fixed, half of it exponential.
            long takes = (long) (mean * (0.5 - 0.5 * StrictMath.log(1 - random.nextDouble())));
            in(takes, () -> {
                server.busy--;
                server.load += takes;
                server.served++;
                if (server.dead) {
                    failed(lease);
                } else {
                    lease.close(LeaseOutcome.ANSWERED);
                    end(this, true);
                }
                next(server);
            });
        }

        private void failed(Lease lease) {
            failed.add(lease.endpoint());
            Lease next = failed.size() < TRIES ? pool.retry(this) : null;
            RetryBudget budget = pool.settings().retries();
            if (next != null) {
                retries++;
                PoolView view = pool.view();
                overBudget += budget == null || view.retries() <= budget.allowed(view.inFlight() - 1) ? 0 : 1;
            }
            lease.close(LeaseOutcome.FAILED);
            attempt(next);
        }
    }

    private final SplittableRandom random;
    private final Balancer balancer;
    private final Pool pool;
    private final double serviceNanos;
    private final Map<Endpoint, Server> servers = new LinkedHashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long number;
    private long now;

    private long attempts;
    private long retries;
    private long overBudget;
    private final List<long[]> seconds = new ArrayList<>();
    private final long[] histogram = new long[512];

    /**
     * A pool of equal servers.
     *
     * @param serviceMillis how long a request takes on average, without waiting
     */
    Simulation(long seed, PoolSettings settings, int size, int workers, double serviceMillis) {
        random = new SplittableRandom(seed);
        balancer = new Balancer(() -> now, new SplittableRandom(~seed), BalancerListener.NONE);
        serviceNanos = serviceMillis * MILLI;
        pool = balancer.pool(settings, List.of());
        scale(size, workers);
    }

    /** Has the first {@code size} endpoints in the pool; new ones are started, the others get no more requests. */
    void scale(int size, int workers) {
        List<Member> members = Workbench.members(size);
        members.forEach(member -> servers.computeIfAbsent(member.endpoint(), e -> new Server(workers)));
        pool.updateMembers(members);
    }

    List<Server> servers() {
        return List.copyOf(servers.values());
    }

    Pool pool() {
        return pool;
    }

    void slow(int server, double factor) {
        servers().get(server).slowness = factor;
    }

    /** Ends a server: what is there fails, and what comes is refused. */
    void kill(int server) {
        Server dying = servers().get(server);
        dying.dead = true;
        // Who waited learns it when they would have been served.
        next(dying);
    }

    void restart(int server) {
        servers().get(server).dead = false;
    }

    /** Carries health checks out, ten times a second until then: dead servers fail them. */
    void probeUntil(long nanos) {
        balancer.healthChecks().due().forEach(probe -> probe.report(!servers.get(probe.endpoint()).dead, "simulated"));
        if (now < nanos) {
            in(SECOND / 10, () -> probeUntil(nanos));
        }
    }

    private void next(Server server) {
        while (server.busy < server.workers && !server.queue.isEmpty()) {
            server.queue.remove().run();
        }
    }

    /** Lets requests come at random, so many in a second, until so many have come; then until all have ended. */
    void run(int requests, double perSecond) {
        double gap = SECOND / perSecond;
        arrive(requests, gap);
        while (!events.isEmpty()) {
            step();
        }
    }

    /** Something that happens at a time. */
    void at(long nanos, Runnable action) {
        in(nanos - now, action);
    }

    private void arrive(int left, double gap) {
        if (left > 0) {
            in((long) (-gap * StrictMath.log(1 - random.nextDouble())), () -> {
                Request request = new Request();
                request.attempt(pool.lease(request));
                arrive(left - 1, gap);
            });
        }
    }

    private void step() {
        Event event = events.remove();
        now = event.time;
        event.action.run();
    }

    private void in(long nanos, Runnable action) {
        events.add(new Event(now + nanos, number++, action));
    }

    private void end(Request request, boolean answered) {
        int second = (int) (now / SECOND);
        while (seconds.size() <= second) {
            seconds.add(new long[2]);
        }
        seconds.get(second)[0]++;
        seconds.get(second)[1] += answered ? 0 : 1;
        histogram[bucket(now - request.arrived)]++;
    }

    // --- what came of it

    /** Part of the requests that ended from second to second and failed: 0 to 1. */
    double errorRate(int from, int to) {
        long ended = 0;
        long errors = 0;
        for (long[] second : seconds.subList(from, Math.min(to, seconds.size()))) {
            ended += second[0];
            errors += second[1];
        }
        return ended == 0 ? 0 : errors / (double) ended;
    }

    /** How many requests failed. */
    long errors() {
        return seconds.stream().mapToLong(second -> second[1]).sum();
    }

    long retries() {
        return retries;
    }

    /** Retries that began when as many were open as the budget allows. */
    long overBudget() {
        return overBudget;
    }

    /** The greatest load of a server for the mean load. */
    double imbalance() {
        double[] loads = servers().stream().mapToDouble(Server::load).toArray();
        return Arrays.stream(loads).max().orElse(0)
                / Arrays.stream(loads).average().orElse(1);
    }

    /** Milliseconds in which so great a part of the requests had ended, to a twentieth. */
    double percentileMillis(double part) {
        long all = Arrays.stream(histogram).sum();
        long seen = 0;
        for (int bucket = 0; bucket < histogram.length; bucket++) {
            seen += histogram[bucket];
            if (seen >= part * all) {
                return Math.pow(1.05, bucket) * 0.01;
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        double steps = Math.log(Math.max(1, nanos / (0.01 * MILLI))) / Math.log(1.05);
        return (int) Math.min(511, Math.ceil(steps));
    }

    /** The distribution, for people. */
    @Override
    public String toString() {
        return String.format(
                "%s: max/mean load %.3f, p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, %d attempts, %d retries, %d errors",
                pool.policy(),
                imbalance(),
                percentileMillis(0.5),
                percentileMillis(0.99),
                percentileMillis(0.999),
                attempts,
                retries,
                errors());
    }
}
