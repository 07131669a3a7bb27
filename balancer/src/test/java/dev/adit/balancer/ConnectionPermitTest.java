package dev.adit.balancer;

import static dev.adit.balancer.Workbench.endpoint;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Who may open a connection to an endpoint, and who has to give one up. */
class ConnectionPermitTest {
    private final Balancer balancer = Workbench.withoutChance().balancer;
    private final Endpoint endpoint = endpoint(1);
    /** Whether a connection stands as soon as it may be opened. */
    private boolean opensAtOnce = true;

    private Pool pool(int most) {
        return balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin()).with(CircuitLimits.NONE.withConnections(most, 1)),
                members(1));
    }

    /** A connection that does as it is told, at once or when it is asked to. */
    private final class Holder {
        final ConnectionPermit permit;
        final boolean now;
        int granted;
        int reclaimed;

        Holder(Pool pool, Object loop, boolean shared) {
            permit = pool.permit(endpoint, loop, shared);
            now = permit.ask(this::granted);
            if (now) {
                granted();
            }
        }

        private void granted() {
            granted++;
            if (opensAtOnce) {
                permit.opened(() -> reclaimed++);
            }
        }

        Holder(Pool pool) {
            this(pool, "loop", false);
        }
    }

    @Test
    void whoAsksForOneTooManyWaitsUntilOneIsClosed() {
        Pool pool = pool(2);
        Holder first = new Holder(pool);
        Holder second = new Holder(pool);
        Holder third = new Holder(pool);
        Holder fourth = new Holder(pool);
        assertThat(List.of(first.now, second.now, third.now, fourth.now)).containsExactly(true, true, false, false);
        assertThat(balancer.connections(endpoint)).isEqualTo(2);
        assertThat(pool.view().members().get(0).connections()).isEqualTo(2);
        second.permit.close();
        second.permit.close();
        assertThat(List.of(third.granted, fourth.granted)).containsExactly(1, 0);
        third.permit.close();
        assertThat(fourth.granted).isEqualTo(1);
        first.permit.close();
        fourth.permit.close();
        assertThat(balancer.connections(endpoint)).isZero();
        assertThat(balancer.connected()).isZero();
        assertThat(List.of(first.reclaimed, second.reclaimed)).containsOnly(0);
    }

    @Test
    void whatNobodyUsesIsGivenUpForWhoWaits() {
        Pool pool = pool(1);
        Holder idle = new Holder(pool);
        assertThat(idle.permit.idle()).isTrue();
        assertThat(idle.permit.use()).isTrue();
        assertThat(idle.permit.idle()).isTrue();
        Holder waiting = new Holder(pool);
        assertThat(idle.reclaimed).isEqualTo(1);
        assertThat(waiting.granted).as("not before the other is closed").isZero();
        assertThat(idle.permit.use()).as("it is promised").isFalse();
        assertThat(idle.permit.idle()).isFalse();
        idle.permit.close();
        assertThat(waiting.granted).isEqualTo(1);
    }

    @Test
    void whatIsInUseIsGivenUpWhenItIsNot() {
        Pool pool = pool(1);
        Holder used = new Holder(pool);
        Holder waiting = new Holder(pool);
        Holder next = new Holder(pool);
        assertThat(used.reclaimed).isZero();
        used.permit.idle();
        assertThat(used.reclaimed).isEqualTo(1);
        used.permit.close();
        assertThat(List.of(waiting.granted, next.granted)).containsExactly(1, 0);
    }

    @Test
    void noMoreIsGivenUpThanIsNeeded() {
        Pool pool = pool(3);
        List<Holder> idle = List.of(new Holder(pool), new Holder(pool), new Holder(pool));
        idle.forEach(holder -> holder.permit.idle());
        Holder waiting = new Holder(pool);
        assertThat(idle.stream().mapToInt(holder -> holder.reclaimed).sum()).isEqualTo(1);
        Holder other = new Holder(pool);
        assertThat(idle.stream().mapToInt(holder -> holder.reclaimed).sum()).isEqualTo(2);
        waiting.permit.close();
        other.permit.close();
        idle.forEach(holder -> holder.permit.close());
        assertThat(List.of(waiting.granted, other.granted)).containsOnly(0);
        assertThat(balancer.connected()).isZero();
    }

    @Test
    void aPoolWithRoomDoesNotWaitForOneWithout() {
        Pool strict = pool(1);
        Pool lax = pool(2);
        Holder first = new Holder(strict);
        Holder waiting = new Holder(strict);
        Holder other = new Holder(lax);
        assertThat(List.of(waiting.granted, other.granted)).containsExactly(0, 1);
        first.permit.close();
        assertThat(waiting.granted).as("the other is still open").isZero();
        other.permit.close();
        assertThat(waiting.granted).isEqualTo(1);
    }

    @Test
    void whatIsSharedEndsForWhoHasNone() {
        Pool pool = pool(2);
        Holder first = new Holder(pool, "loop 1", true);
        Holder second = new Holder(pool, "loop 2", true);
        Holder more = new Holder(pool, "loop 1", true);
        assertThat(List.of(first.reclaimed, second.reclaimed))
                .as("loop 1 has one to share")
                .containsOnly(0);
        more.permit.close();
        Holder third = new Holder(pool, "loop 3", true);
        assertThat(List.of(first.reclaimed, second.reclaimed)).containsExactly(1, 0);
        assertThat(first.permit.use()).as("no new requests").isFalse();
        assertThat(first.permit.idle()).isFalse();
        assertThat(third.granted).isZero();
        first.permit.close();
        assertThat(third.granted).isEqualTo(1);
        assertThat(second.reclaimed).as("asked once").isZero();
    }

    @Test
    void whatIsBeingOpenedCounts() {
        opensAtOnce = false;
        Pool pool = pool(1);
        Holder connecting = new Holder(pool, "loop 1", true);
        Holder waiting = new Holder(pool, "loop 2", true);
        assertThat(connecting.reclaimed + waiting.granted).isZero();
        connecting.permit.opened(() -> connecting.reclaimed++);
        assertThat(connecting.reclaimed).as("as soon as it stands").isEqualTo(1);
        connecting.permit.close();
        assertThat(waiting.granted).isEqualTo(1);
    }

    @Test
    void connectionsOutlivePools() {
        Pool before = pool(1);
        Holder kept = new Holder(before);
        kept.permit.idle();
        before.close();
        assertThat(balancer.known()).isZero();
        Holder waiting = new Holder(pool(1));
        assertThat(waiting.granted).isZero();
        assertThat(kept.reclaimed).isEqualTo(1);
        kept.permit.close();
        assertThat(waiting.granted).isEqualTo(1);
    }

    @Test
    void anotherPodAtTheAddressStartsFresh() {
        Endpoint before = new Endpoint("10.0.0.1", 80, "pod-1");
        Endpoint after = new Endpoint("10.0.0.1", 80, "pod-2");
        Pool pool = pool(1);
        assertThat(pool.permit(before, "loop", false).ask(() -> {})).isTrue();
        assertThat(pool.permit(after, "loop", false).ask(() -> {})).isTrue();
    }

    @Test
    void whatIsNotCountedNeverWaits() {
        ConnectionPermit probe = ConnectionPermit.uncounted();
        assertThat(probe.ask(() -> {})).isTrue();
        probe.opened(() -> {});
        assertThat(probe.idle()).isTrue();
        assertThat(probe.use()).isTrue();
        probe.close();
        assertThat(probe.use()).isFalse();
    }

    @Test
    void leasesAreAsManyAsConnectionsCarry() {
        CircuitLimits limits = CircuitLimits.NONE.withPending(7, Duration.ofSeconds(1));
        assertThat(limits.withConnections(3, 1).endpoint()).isEqualTo(3);
        assertThat(limits.withConnections(3, 100))
                .isEqualTo(new CircuitLimits(Integer.MAX_VALUE, 300, 7, Duration.ofSeconds(1), 3));
        assertThat(new CircuitLimits(9, 2).withConnections(3, 1).endpoint()).isEqualTo(2);
        assertThat(limits.withConnections(Integer.MAX_VALUE, 100)).isEqualTo(limits);
        assertThatThrownBy(() -> limits.withConnections(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Connections that are asked for, used, left unused, given up and closed in any order. */
    @Property(tries = 200)
    void neverAboveTheLimitAndNobodyWaitsInVain(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int most, @ForAll boolean shared) {
        SplittableRandom random = new SplittableRandom(seed);
        Pool pool = pool(most);
        List<Holder> holders = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            Holder any = holders.isEmpty() ? null : holders.get(random.nextInt(holders.size()));
            switch (any == null ? 0 : random.nextInt(5)) {
                case 0, 1 -> holders.add(new Holder(pool, random.nextInt(3), shared));
                case 2 -> any.permit.idle();
                case 3 -> any.permit.use();
                default -> {
                    any.permit.close();
                    holders.remove(any);
                }
            }
            long open = holders.stream().filter(holder -> holder.granted > 0).count();
            assertThat(open).isLessThanOrEqualTo(most).isEqualTo(balancer.connections(endpoint));
            assertThat(holders).allMatch(holder -> holder.granted <= 1 && holder.reclaimed <= 1);
            long waiting = holders.size() - open;
            long ending =
                    holders.stream().filter(holder -> holder.reclaimed > 0).count();
            boolean spare = holders.stream().anyMatch(holder -> holder.permit.is(ConnectionPermit.IDLE));
            assertThat(waiting == 0 || open == most && (!spare || ending >= waiting))
                    .isTrue();
        }
        holders.forEach(holder -> holder.permit.close());
        assertThat(balancer.connections(endpoint)).isZero();
        assertThat(balancer.connected()).isZero();
    }

    /** Loops that do what transports do: use what they keep, open what they may, and give up what others need. */
    @Test
    void loopsThatShareALimitServeEverybodyAndNeverPassIt() throws Exception {
        int loops = 4;
        Pool pool = pool(2);
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(loops);
        try {
            List<Future<?>> all = new ArrayList<>();
            CountDownLatch left = new CountDownLatch(loops);
            for (int i = 0; i < loops; i++) {
                all.add(threads.submit(new FakeLoop(pool, open, most, left)));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(open).hasValue(0);
        assertThat(balancer.connections(endpoint)).isZero();
        assertThat(balancer.connected()).isZero();
    }

    /** One thread with a queue of what others want from it, and at most one connection that it keeps. */
    private final class FakeLoop implements Callable<Void> {
        private static final int REQUESTS = 3_000;

        private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        private final Pool pool;
        private final AtomicInteger open;
        private final AtomicInteger most;
        private final CountDownLatch left;
        private ConnectionPermit kept;
        private ConnectionPermit opening;
        private int served;

        FakeLoop(Pool pool, AtomicInteger open, AtomicInteger most, CountDownLatch left) {
            this.pool = pool;
            this.open = open;
            this.most = most;
            this.left = left;
        }

        @Override
        public Void call() throws InterruptedException {
            tasks.add(this::request);
            while (served < REQUESTS) {
                tasks.take().run();
            }
            close();
            left.countDown();
            return null;
        }

        private void request() {
            if (kept != null && kept.use()) {
                served();
                return;
            }
            // What it kept is promised to somebody else, and closed when that is told.
            opening = pool.permit(endpoint, this, false);
            if (opening.ask(() -> tasks.add(this::opened))) {
                opened();
            }
        }

        private void opened() {
            close();
            kept = opening;
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            ConnectionPermit mine = kept;
            mine.opened(() -> tasks.add(() -> close(mine)));
            served();
        }

        private void served() {
            served++;
            if (!kept.idle()) {
                close();
            }
            tasks.add(this::request);
        }

        private void close(ConnectionPermit reclaimed) {
            if (reclaimed == kept) {
                close();
            }
        }

        private void close() {
            if (kept != null) {
                open.decrementAndGet();
                kept.close();
                kept = null;
            }
        }
    }
}
