package dev.adit.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    void turnsAreSharedExactlyAmongThreads() throws Exception {
        List<Endpoint> endpoints = PoolTest.endpoints(5);
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), endpoints);
        Callable<?> client = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(pool.lease(PickKey.ANY)).isNotNull();
            }
            return null;
        };
        together(List.of(client, client, client, client));
        for (Endpoint endpoint : endpoints) {
            assertThat(balancer.inFlight(endpoint)).isEqualTo(THREADS * ROUNDS / endpoints.size());
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
}
