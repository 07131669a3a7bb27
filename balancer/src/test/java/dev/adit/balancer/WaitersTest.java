package dev.adit.balancer;

import static dev.adit.balancer.Workbench.endpoint;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.balancer.Workbench.Key;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WaitersTest {
    private final Workbench bench = Workbench.withoutChance();

    private static PoolSettings settings(int pool, int endpoint, int pending) {
        return PoolSettings.of(BalancePolicy.roundRobin())
                .with(new CircuitLimits(pool, endpoint).withPending(pending, Duration.ofSeconds(1)));
    }

    private static Lease lease(Pool pool) {
        return Objects.requireNonNull(pool.lease(PickKey.ANY));
    }

    @Test
    void whoWaitsIsServedInTurnAndBeforeWhoComesLater() {
        Pool pool = bench.balancer.pool(settings(2, 2, 2), members(2));
        Lease first = lease(pool);
        lease(pool);
        assertThat(pool.lease(PickKey.ANY)).isNull();
        List<String> granted = new ArrayList<>();
        assertThat(pool.await(PickKey.ANY, lease -> granted.add("a"))).isNotNull();
        Waiter second = Objects.requireNonNull(pool.await(PickKey.ANY, lease -> granted.add("b")));
        assertThat(pool.await(PickKey.ANY, lease -> granted.add("c")))
                .as("the queue is full")
                .isNull();
        assertThat(pool.view().pending()).isEqualTo(2);
        assertThat(granted).isEmpty();
        first.close(LeaseOutcome.ANSWERED);
        assertThat(granted).containsExactly("a");
        assertThat(pool.lease(PickKey.ANY)).as("others wait").isNull();
        assertThat(second.cancel()).isTrue();
        assertThat(second.cancel()).isFalse();
        assertThat(pool.view().pending()).isZero();
        assertThat(pool.view().inFlight()).isEqualTo(2);
    }

    @Test
    void whoWaitsOnTheThreadThatMadeRoomComesFirstForAWhile() throws Exception {
        Pool pool = bench.balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin())
                        .with(new CircuitLimits(1, 1)
                                .withPending(99, Duration.ofSeconds(1))
                                .withConnections(1, 1)),
                members(1));
        Deque<Lease> open = new ArrayDeque<>(List.of(lease(pool)));
        List<String> granted = new ArrayList<>();
        Thread elsewhere = new Thread(() -> {
            for (String name : List.of("e1", "e2")) {
                pool.await(PickKey.ANY, lease -> {
                    granted.add(name);
                    open.add(lease);
                });
            }
        });
        elsewhere.start();
        elsewhere.join();
        for (int i = 1; i <= Waiters.FAVOURS + 1; i++) {
            String name = "h" + i;
            pool.await(PickKey.ANY, lease -> {
                granted.add(name);
                open.add(lease);
            });
        }
        while (!open.isEmpty()) {
            open.remove().close(LeaseOutcome.ANSWERED);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= Waiters.FAVOURS; i++) {
            expected.add("h" + i);
        }
        expected.addAll(List.of("e1", "h" + (Waiters.FAVOURS + 1), "e2"));
        assertThat(granted).isEqualTo(expected);
        assertThat(pool.view().pending()).isZero();
    }

    @Test
    void changesOfThePoolMakeRoom() {
        Pool pool = bench.balancer.pool(settings(9, 1, 3), members(1));
        lease(pool);
        List<Endpoint> granted = new ArrayList<>();
        pool.await(PickKey.ANY, lease -> granted.add(lease.endpoint()));
        pool.await(Key.hash(0).without(endpoint(2)), lease -> granted.add(lease.endpoint()));
        pool.updateMembers(members(2));
        assertThat(granted).containsExactly(endpoint(2));
        pool.updateMembers(members(3));
        assertThat(granted).containsExactly(endpoint(2), endpoint(3));
    }

    @Test
    void aGrantThatIsLetGoServesTheNext() {
        Pool pool = bench.balancer.pool(settings(1, 1, 3), members(1));
        Lease open = lease(pool);
        List<String> granted = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            pool.await(PickKey.ANY, lease -> {
                granted.add(name);
                lease.close(LeaseOutcome.ABANDONED);
            });
        }
        open.close(LeaseOutcome.ANSWERED);
        assertThat(granted).containsExactly("a", "b", "c");
        assertThat(pool.view().inFlight()).isZero();
    }

    @Test
    void nobodyWaitsWithoutLimitsOrAQueue() {
        assertThat(bench.balancer.pool(settings(1, 1, 0), members(1)).await(PickKey.ANY, lease -> {}))
                .isNull();
        PoolSettings unlimited = PoolSettings.of(BalancePolicy.roundRobin())
                .with(CircuitLimits.NONE.withPending(5, Duration.ofSeconds(1)));
        assertThat(bench.balancer.pool(unlimited, members(1)).await(PickKey.ANY, lease -> {}))
                .isNull();
        assertThatThrownBy(() -> CircuitLimits.NONE.withPending(-1, Duration.ofSeconds(1)))
                .hasMessageContaining("queue");
        assertThatThrownBy(() -> CircuitLimits.NONE.withPending(1, Duration.ZERO))
                .hasMessageContaining("queue");
    }

    /** Whoever asks, waits, cancels and ends: limits hold, nobody waits beside room, and turns are kept. */
    @Property(tries = 200)
    void roomIsNeverLeftWhileSomebodyWaits(
            @ForAll @IntRange(min = 1, max = 4) int limit,
            @ForAll @IntRange(max = 4) int pending,
            @ForAll @Size(max = 100) List<@IntRange(max = 3) Integer> script) {
        Pool pool = new Workbench(limit).balancer.pool(settings(limit, limit, pending), members(2));
        Deque<Lease> open = new ArrayDeque<>();
        Deque<Waiter> waiting = new ArrayDeque<>();
        for (int step : script) {
            switch (step) {
                case 0, 1 -> {
                    Lease lease = pool.lease(PickKey.ANY);
                    assertThat(lease == null).isEqualTo(open.size() == limit);
                    if (lease != null) {
                        open.add(lease);
                    } else {
                        Waiter waiter = pool.await(PickKey.ANY, granted -> {
                            waiting.remove();
                            open.add(granted);
                        });
                        assertThat(waiter == null).isEqualTo(waiting.size() == pending);
                        if (waiter != null) {
                            waiting.add(waiter);
                        }
                    }
                }
                case 2 -> {
                    if (!open.isEmpty()) {
                        open.remove().close(LeaseOutcome.ANSWERED);
                    }
                }
                default -> {
                    if (!waiting.isEmpty()) {
                        assertThat(waiting.removeLast().cancel()).isTrue();
                    }
                }
            }
            assertThat(open.size()).isLessThanOrEqualTo(limit);
            assertThat(waiting.isEmpty() || open.size() == limit).isTrue();
            assertThat(pool.view().pending()).isEqualTo(waiting.size());
        }
    }

    /** Every request that may wait is served, however threads meet; with a lost wake-up this would never end. */
    @Test
    void noWakeUpIsLost() throws Exception {
        int threads = 4;
        int requests = 5_000;
        Pool pool = new Balancer().pool(settings(2, 1, threads), members(2));
        AtomicInteger open = new AtomicInteger();
        ConcurrentLinkedQueue<Integer> most = new ConcurrentLinkedQueue<>();
        Callable<Void> client = () -> {
            for (int i = 0; i < requests; i++) {
                CountDownLatch done = new CountDownLatch(1);
                Lease now = pool.lease(PickKey.ANY);
                if (now == null) {
                    Lease[] later = new Lease[1];
                    Waiter waiter = pool.await(PickKey.ANY, lease -> {
                        later[0] = lease;
                        done.countDown();
                    });
                    assertThat(waiter).isNotNull();
                    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
                    now = later[0];
                }
                int together = open.incrementAndGet();
                if (together > 2) {
                    most.add(together);
                }
                open.decrementAndGet();
                now.close(LeaseOutcome.ANSWERED);
            }
            return null;
        };
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(executor.submit(client));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(most).isEmpty();
        assertThat(pool.view().pending()).isZero();
        assertThat(pool.view().inFlight()).isZero();
    }
}
