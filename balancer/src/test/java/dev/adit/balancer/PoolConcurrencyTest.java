package dev.adit.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads that start together; what is asserted holds for every interleaving. */
class PoolConcurrencyTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 5_000;

    private final Balancer balancer = new Balancer();
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    /** Runs the tasks at once and fails with the first that failed. */
    private void together(List<Callable<?>> tasks) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> running = new ArrayList<>();
        for (Callable<?> task : tasks) {
            running.add(executor.submit(() -> {
                start.await();
                return task.call();
            }));
        }
        start.countDown();
        for (Future<?> task : running) {
            task.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void oneLeaseIsClosedOnceWhoeverRaces() throws Exception {
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), PoolTest.endpoints(1));
        for (int round = 0; round < 200; round++) {
            Lease lease = pool.lease(PickKey.ANY);
            AtomicInteger closers = new AtomicInteger();
            Callable<?> close = () -> lease.close(LeaseOutcome.ANSWERED) ? closers.incrementAndGet() : 0;
            together(List.of(close, close, close, close));
            assertThat(closers).hasValue(1);
            assertThat(balancer.inFlight(lease.endpoint())).isZero();
        }
    }

    @Test
    void turnsAreSharedAmongThreads() throws Exception {
        List<Endpoint> endpoints = PoolTest.endpoints(5);
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), endpoints);
        Callable<?> client = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(pool.lease(PickKey.ANY)).isNotNull();
            }
            return null;
        };
        together(List.of(client, client, client, client));
        // Threads go round together, and every stripe by itself once they have met: none of these is a whole turn off.
        int fair = THREADS * ROUNDS / endpoints.size();
        int off = 1 + Stripes.COUNT;
        for (Endpoint endpoint : endpoints) {
            assertThat(balancer.inFlight(endpoint)).isBetween(fair - off, fair + off);
        }
    }

    @Test
    void nothingIsLostOrLeakedWhileEndpointsChange() throws Exception {
        Pool one = balancer.pool(BalancePolicy.roundRobin(), PoolTest.endpoints(4));
        Pool other = balancer.pool(BalancePolicy.roundRobin(), PoolTest.endpoints(2));
        Callable<?> client = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                Lease lease = ((i & 1) == 0 ? one : other).lease(PickKey.ANY);
                if (lease != null) {
                    assertThat(balancer.inFlight(lease.endpoint())).isPositive();
                    assertThat(lease.close(LeaseOutcome.ANSWERED)).isTrue();
                }
            }
            return null;
        };
        Callable<?> updater = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                one.update(PoolTest.endpoints(i % 5));
                other.update(PoolTest.endpoints(i % 3));
                PoolTest.endpoints(4)
                        .forEach(endpoint ->
                                assertThat(balancer.inFlight(endpoint)).isBetween(0, THREADS));
            }
            return null;
        };
        together(List.of(client, client, client, updater));
        PoolTest.endpoints(4)
                .forEach(endpoint -> assertThat(balancer.inFlight(endpoint)).isZero());
        one.close();
        other.close();
        assertThat(balancer.known()).isZero();
    }

    @Test
    void aRetryFindsTheLastUntriedEndpointWhileOthersDraw() throws Exception {
        List<Endpoint> endpoints = PoolTest.endpoints(7);
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), endpoints);
        List<Callable<?>> clients = IntStream.range(0, THREADS)
                .<Callable<?>>mapToObj(thread -> () -> {
                    Endpoint last = endpoints.get(thread);
                    PickKey allButLast = new PickKey() {
                        @Override
                        public long hash() {
                            return 0;
                        }

                        @Override
                        public boolean tried(Endpoint endpoint) {
                            return !endpoint.equals(last);
                        }
                    };
                    for (int i = 0; i < ROUNDS; i++) {
                        Lease lease = pool.lease(allButLast);
                        assertThat(lease).isNotNull();
                        assertThat(lease.endpoint()).isEqualTo(last);
                        lease.close(LeaseOutcome.ANSWERED);
                    }
                    return null;
                })
                .toList();
        together(clients);
        endpoints.forEach(endpoint -> assertThat(balancer.inFlight(endpoint)).isZero());
    }

    @Test
    void noLimitIsPassedHoweverManyAskAtOnce() throws Exception {
        CircuitLimits limits = new CircuitLimits(3, 1);
        for (BalancePolicy policy : List.of(
                BalancePolicy.roundRobin(),
                BalancePolicy.leastConnections(),
                new BalancePolicy.LeastConnections(true),
                new BalancePolicy.ConsistentHash(BalancePolicy.ConsistentHash.Table.RING, 1.1))) {
            Pool pool = balancer.pool(
                    PoolSettings.of(policy).with(limits).with(new RetryBudget(0, 1)),
                    Member.allOf(PoolTest.endpoints(5)));
            AtomicInteger open = new AtomicInteger();
            Map<Endpoint, AtomicInteger> openAt = new ConcurrentHashMap<>();
            AtomicInteger openRetries = new AtomicInteger();
            Callable<?> client = () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    boolean again = (i & 1) == 0;
                    Lease lease = again ? pool.retry(PickKey.ANY) : pool.lease(PickKey.ANY);
                    if (lease == null) {
                        continue;
                    }
                    AtomicInteger here = openAt.computeIfAbsent(lease.endpoint(), e -> new AtomicInteger());
                    assertThat(open.incrementAndGet()).isLessThanOrEqualTo(3);
                    assertThat(here.incrementAndGet()).isEqualTo(1);
                    assertThat(openRetries.addAndGet(again ? 1 : 0)).isLessThanOrEqualTo(1);
                    openRetries.addAndGet(again ? -1 : 0);
                    here.decrementAndGet();
                    open.decrementAndGet();
                    assertThat(lease.close(LeaseOutcome.ANSWERED)).isTrue();
                    assertThat(lease.close(LeaseOutcome.ANSWERED)).isFalse();
                }
                return null;
            };
            together(List.of(client, client, client, client));
            assertThat(pool.view().inFlight()).isZero();
            assertThat(pool.view().retries()).isZero();
            List<Lease> last = List.of(pool.lease(PickKey.ANY), pool.lease(PickKey.ANY), pool.lease(PickKey.ANY));
            assertThat(pool.lease(PickKey.ANY)).isNull();
            last.forEach(lease -> lease.close(LeaseOutcome.ANSWERED));
        }
    }

    @Test
    void noEjectionPassesItsShareWhileEndpointsFailAndChange() throws Exception {
        AtomicLong clock = new AtomicLong();
        Balancer timed = new Balancer(clock::get, new AnyThreadsRandom(), BalancerListener.NONE);
        PoolSettings settings = PoolSettings.of(BalancePolicy.roundRobin())
                .with(OutlierDetection.DEFAULT.withConsecutiveFailures(2).withShares(0.4, 0))
                .with(new SlowStart(Duration.ofSeconds(1)));
        Pool one = timed.pool(settings, Member.allOf(PoolTest.endpoints(6)));
        Pool other = timed.pool(settings, Member.allOf(PoolTest.endpoints(4)));
        Callable<?> client = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                Lease lease = ((i & 1) == 0 ? one : other).lease(PickKey.ANY);
                assertThat(lease).isNotNull();
                lease.close(i % 5 < 3 ? LeaseOutcome.FAILED : LeaseOutcome.ANSWERED);
                clock.addAndGet(10_000_000);
            }
            return null;
        };
        Callable<?> updater = () -> {
            for (int i = 0; i < ROUNDS / 5; i++) {
                one.update(PoolTest.endpoints(3 + i % 4));
                for (Pool pool : List.of(one, other)) {
                    List<Seat> roster = pool.seats();
                    long out = roster.stream().filter(seat -> !seat.usable).count();
                    assertThat(out).isLessThanOrEqualTo(roster.size() * 4L / 10);
                }
            }
            return null;
        };
        together(List.of(client, client, client, updater));
        assertThat(one.view().inFlight()).isZero();
        one.close();
        other.close();
        assertThat(timed.known()).isZero();
    }

    /** Random numbers for any number of threads. */
    private static final class AnyThreadsRandom implements RandomGenerator {
        private final AtomicLong state = new AtomicLong();

        @Override
        public long nextLong() {
            return Hash.mix(state.addAndGet(Hash.STEP));
        }
    }
}
