package dev.adit.balancer;

import static dev.adit.balancer.Workbench.ask;
import static dev.adit.balancer.Workbench.counts;
import static dev.adit.balancer.Workbench.endpoint;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.balancer.Workbench.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final OutlierDetection RULES = OutlierDetection.DEFAULT.withConsecutiveFailures(3);

    private final Workbench bench = Workbench.withoutChance();

    private Pool pool(OutlierDetection rules, int size) {
        return bench.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(rules), members(size));
    }

    /** Fails {@code times} in a row at one endpoint. */
    private static void fail(Pool pool, int number, int times) {
        for (int i = 0; i < times; i++) {
            end(pool, number, LeaseOutcome.FAILED);
        }
    }

    private static void end(Pool pool, int number, LeaseOutcome outcome) {
        Endpoint[] others = pool.endpoints().stream()
                .filter(e -> !e.equals(endpoint(number)))
                .toArray(Endpoint[]::new);
        Lease lease = Objects.requireNonNull(pool.lease(Key.tried(others)));
        lease.close(outcome);
    }

    @Test
    void failuresInARowEjectForLongerEveryTime() {
        Pool pool = pool(RULES, 4);
        fail(pool, 2, 2);
        end(pool, 2, LeaseOutcome.ANSWERED);
        fail(pool, 2, 2);
        end(pool, 2, LeaseOutcome.ABANDONED);
        assertThat(bench.events).isEmpty();
        fail(pool, 2, 1);
        assertThat(bench.events).containsExactly("ejected 10.0.0.2 CONSECUTIVE_FAILURES PT10S");
        assertThat(counts(pool, 4, 30)).containsExactly(10, 0, 10, 10);
        bench.passMillis(9_999);
        assertThat(counts(pool, 4, 30)[1]).isZero();
        bench.passMillis(1);
        assertThat(counts(pool, 4, 4)).containsOnly(1);
        assertThat(bench.events).last().isEqualTo("restored 10.0.0.2");

        fail(pool, 2, 3);
        assertThat(bench.events).last().isEqualTo("ejected 10.0.0.2 CONSECUTIVE_FAILURES PT20S");
        bench.passMillis(20_000);
        ask(pool, PickKey.ANY);
        assertThat(bench.events).last().isEqualTo("restored 10.0.0.2");
        fail(pool, 2, 1);
        assertThat(bench.events)
                .as("on probation, one failure is enough")
                .last()
                .isEqualTo("ejected 10.0.0.2 CONSECUTIVE_FAILURES PT30S");
        bench.passMillis(30_000);
        assertThat(counts(pool, 4, 4)).containsOnly(1);
        bench.passMillis(30_000);
        fail(pool, 2, 3);
        assertThat(bench.events)
                .as("good conduct for as long is forgiven")
                .last()
                .isEqualTo("ejected 10.0.0.2 CONSECUTIVE_FAILURES PT10S");
    }

    @Property(tries = 200)
    void neverMoreThanItsShareIsEjected(
            @ForAll @IntRange(min = 1, max = 8) int size,
            @ForAll @IntRange(max = 10) int tenths,
            @ForAll @Size(max = 80) List<@IntRange(max = 63) Integer> script) {
        OutlierDetection rules = RULES.withConsecutiveFailures(1).withShares(tenths / 10.0, 0);
        Workbench own = new Workbench(1);
        PoolSettings settings = PoolSettings.of(BalancePolicy.roundRobin()).with(rules);
        Pool pool = own.balancer.pool(settings, members(size));
        Pool other = own.balancer.pool(settings, members(3));
        int members = size;
        for (int step : script) {
            switch (step & 7) {
                case 0 -> {
                    members = 1 + (step >> 3);
                    pool.updateMembers(members(members));
                }
                case 1 -> own.passMillis(1_000L * (step >> 3));
                case 2 -> ask(other, PickKey.ANY, LeaseOutcome.FAILED);
                default -> ask(pool, PickKey.ANY, LeaseOutcome.FAILED);
            }
            int most = members * tenths / 10;
            assertThat(pool.seats().stream().filter(seat -> !seat.usable)).hasSizeLessThanOrEqualTo(most);
            assertThat(other.seats().stream().filter(seat -> !seat.usable)).hasSizeLessThanOrEqualTo(3 * tenths / 10);
            assertThat(ask(pool, PickKey.ANY)).as("somebody always serves").isNotNull();
        }
    }

    @Test
    void thoseThatWentTogetherDoNotComeBackTogether() {
        Workbench own = new Workbench(1);
        Pool pool =
                own.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(RULES), members(20));
        for (int number = 1; number <= 10; number++) {
            fail(pool, number, 3);
        }
        own.passMillis(10_000);
        assertThat(Workbench.counts(pool, 20, 100)).as("not yet").contains(0);
        own.passMillis(5_000);
        assertThat(Workbench.counts(pool, 20, 20)).containsOnly(1);
    }

    @Test
    void allPoolsLearnFromOne() {
        Pool one = pool(RULES, 4);
        Pool other = pool(RULES, 4);
        Pool careless = bench.balancer.pool(BalancePolicy.roundRobin(), Workbench.endpoints(4));
        fail(one, 1, 3);
        assertThat(counts(other, 4, 6)).containsExactly(0, 2, 2, 2);
        assertThat(counts(careless, 4, 8)).as("asked not to care").containsOnly(2);
    }

    @Test
    void anotherPodAtTheAddressStartsFresh() {
        List<Member> before = new ArrayList<>(members(2));
        before.add(Member.of(new Endpoint("10.0.0.3", 8080, "uid-1")));
        Pool pool =
                bench.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(RULES), before);
        Key onlyThird = Key.tried(endpoint(1), endpoint(2));
        for (int i = 0; i < 3; i++) {
            ask(pool, onlyThird, LeaseOutcome.FAILED);
        }
        assertThat(pool.view().members().get(2).state()).isEqualTo(PoolView.State.EJECTED);
        pool.updateMembers(before);
        assertThat(pool.view().members().get(2).state())
                .as("an update forgets nothing")
                .isEqualTo(PoolView.State.EJECTED);
        List<Member> after = new ArrayList<>(members(2));
        after.add(Member.of(new Endpoint("10.0.0.3", 8080, "uid-2")));
        pool.updateMembers(after);
        assertThat(pool.view().members().get(2).state()).isEqualTo(PoolView.State.ACTIVE);
        assertThat(pool.view().members().get(2).failures()).isZero();
    }

    @Test
    void aSuccessRateFarBelowTheOthersEjects() {
        Pool pool = pool(RULES.withConsecutiveFailures(0), 6);
        for (int round = 0; round < 60; round++) {
            for (int number = 1; number <= 6; number++) {
                end(pool, number, number == 4 && round % 2 == 0 ? LeaseOutcome.FAILED : LeaseOutcome.ANSWERED);
            }
        }
        assertThat(bench.events).as("not before the interval is over").isEmpty();
        bench.passMillis(10_000);
        fail(pool, 4, 1);
        assertThat(bench.events).containsExactly("ejected 10.0.0.4 SUCCESS_RATE PT10S");
    }

    @Test
    void aRateThatAllShareEjectsNobody() {
        Pool pool = pool(RULES.withConsecutiveFailures(0), 6);
        for (int round = 0; round < 60; round++) {
            for (int number = 1; number <= 6; number++) {
                end(pool, number, round % 2 == 0 ? LeaseOutcome.FAILED : LeaseOutcome.ANSWERED);
            }
        }
        bench.passMillis(10_000);
        fail(pool, 4, 1);
        assertThat(bench.events).isEmpty();
    }

    @Test
    void aLatencyFarAboveTheMedianEjects() {
        Pool pool = pool(RULES.withLatencyFactor(3), 6);
        while (bench.events.isEmpty()) {
            for (int number = 1; number <= 6 && bench.events.isEmpty(); number++) {
                Endpoint[] others = others(number, 6);
                Lease lease = Objects.requireNonNull(pool.lease(Key.tried(others)));
                bench.passMillis(number == 5 ? 40 : 10);
                lease.close(LeaseOutcome.ANSWERED);
            }
        }
        assertThat(bench.events).containsExactly("ejected 10.0.0.5 LATENCY PT10S");
        assertThat(pool.view().members().get(0).latencyNanos()).isEqualTo(10_000_000);
    }

    private static Endpoint[] others(int number, int size) {
        return Workbench.endpoints(size).stream()
                .filter(e -> !e.equals(endpoint(number)))
                .toArray(Endpoint[]::new);
    }

    @Test
    void latencyEndsWhenTheAnswerBegins() {
        Pool pool = bench.balancer.pool(BalancePolicy.peakEwma(), Workbench.endpoints(1));
        Lease lease = Objects.requireNonNull(pool.lease(PickKey.ANY));
        bench.passMillis(5);
        lease.answered();
        bench.passMillis(60_000);
        lease.close(LeaseOutcome.ANSWERED);
        assertThat(pool.view().members().get(0).latencyNanos()).isEqualTo(5_000_000);
        ask(pool, PickKey.ANY, LeaseOutcome.FAILED);
        assertThat(pool.view().members().get(0).latencyNanos())
                .as("a failure is as slow as a tenth of the decay")
                .isEqualTo(1_000_000_000);
    }

    @Test
    void inPanicAllAreUsed() {
        Pool pool = pool(RULES.withShares(1, 0.5), 4);
        fail(pool, 1, 3);
        fail(pool, 2, 3);
        assertThat(counts(pool, 4, 4)).containsExactly(0, 0, 2, 2);
        assertThat(pool.view().panic()).isFalse();
        fail(pool, 3, 3);
        assertThat(pool.view().panic()).isTrue();
        assertThat(counts(pool, 4, 8)).containsOnly(2);
    }

    @Test
    void probesTakeEndpointsDownAndUp() {
        Pool pool = pool(RULES, 3);
        bench.balancer.mark(endpoint(1), false, "said so");
        bench.balancer.mark(endpoint(1), false, "said so");
        bench.balancer.mark(endpoint(9), false, "said so");
        assertThat(bench.events).containsExactly("marked 10.0.0.1 down: said so");
        assertThat(counts(pool, 3, 4)).containsExactly(0, 2, 2);
        assertThat(pool.view().members().get(0).state()).isEqualTo(PoolView.State.DOWN);
        bench.balancer.mark(endpoint(1), true, "said so");
        assertThat(counts(pool, 3, 3)).containsOnly(1);
        for (int number = 1; number <= 3; number++) {
            bench.balancer.mark(endpoint(number), false, "said so");
        }
        assertThat(counts(pool, 3, 3)).as("to try is better than to refuse").containsOnly(1);
    }

    @Test
    void aNewEndpointGetsItsShareInSteps() {
        Pool pool = bench.balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin()).with(new SlowStart(Duration.ofSeconds(10))), members(3));
        assertThat(counts(pool, 4, 30)).as("a pool's first are warm").containsExactly(10, 10, 10, 0);
        pool.updateMembers(members(4));
        assertThat(counts(pool, 4, 310)).containsExactly(100, 100, 100, 10);
        assertThat(pool.view().members().get(3).effectiveWeight()).isEqualTo(0.1);
        bench.passMillis(4_000);
        assertThat(counts(pool, 4, 350)).containsExactly(100, 100, 100, 50);
        bench.passMillis(6_000);
        assertThat(counts(pool, 4, 400)).containsOnly(100);
        pool.updateMembers(members(4));
        assertThat(counts(pool, 4, 400)).as("who stays is not new").containsOnly(100);
    }

    @Test
    void zonesKeepTheirRequestsAndSpillOver() {
        Workbench own = new Workbench(1);
        List<Member> members = new ArrayList<>(members(8));
        members.replaceAll(m -> m.withZone(members.indexOf(m) < 4 ? "a" : "b"));
        Pool pool =
                own.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(ZonePreference.of("a")), members);
        assertThat(counts(pool, 8, 40)).containsExactly(10, 10, 10, 10, 0, 0, 0, 0);
        assertThat(ask(pool, Key.tried(Workbench.endpoints(4).toArray(Endpoint[]::new))))
                .as("a retry may leave the zone")
                .isNotNull();
        own.balancer.mark(endpoint(1), false, "said so");
        assertThat(counts(pool, 8, 30)).containsExactly(0, 10, 10, 10, 0, 0, 0, 0);
        own.balancer.mark(endpoint(2), false, "said so");
        int[] half = counts(pool, 8, 10_000);
        assertThat(half[2] + half[3]).as("half of the zone, times 1.4, stays").isBetween(6_800, 7_200);
        assertThat(half[4]).isBetween(600, 900);
        own.balancer.mark(endpoint(3), false, "said so");
        own.balancer.mark(endpoint(4), false, "said so");
        assertThat(counts(pool, 8, 40)).containsExactly(0, 0, 0, 0, 10, 10, 10, 10);
        Pool stranger = own.balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin()).with(ZonePreference.of("c")), members.subList(4, 8));
        assertThat(ask(stranger, PickKey.ANY)).isNotNull();
    }

    @Property(tries = 100)
    void limitsAreNeverPassed(
            @ForAll @IntRange(min = 1, max = 12) int perPool,
            @ForAll @IntRange(min = 1, max = 4) int perEndpoint,
            @ForAll @IntRange(max = 5) int policy,
            @ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> script) {
        List<BalancePolicy> policies = List.of(
                BalancePolicy.roundRobin(),
                BalancePolicy.random(),
                BalancePolicy.leastConnections(),
                new BalancePolicy.LeastConnections(true),
                BalancePolicy.peakEwma(),
                BalancePolicy.consistentHash());
        Pool pool = new Workbench(1)
                .balancer.pool(
                        PoolSettings.of(policies.get(policy)).with(new CircuitLimits(perPool, perEndpoint)),
                        members(4));
        List<Lease> open = new ArrayList<>();
        for (int step : script) {
            if (step < 3 && !open.isEmpty()) {
                open.remove(0).close(LeaseOutcome.ANSWERED);
                continue;
            }
            int possible = Math.min(perPool, 4 * perEndpoint);
            Lease lease = pool.lease(Key.hash(step));
            assertThat(lease != null).isEqualTo(open.size() < possible);
            if (lease != null) {
                open.add(lease);
            } else {
                assertThat(pool.choose(PickKey.ANY)).isNull();
            }
            assertThat(pool.view().members())
                    .allSatisfy(m -> assertThat(m.inFlight()).isLessThanOrEqualTo(perEndpoint));
        }
        assertThat(pool.view().inFlight()).isEqualTo(open.size());
    }

    @Test
    void retriesStayInTheirBudget() {
        Pool pool = bench.balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin()).with(new RetryBudget(0.2, 1)), members(3));
        List<Lease> first = new ArrayList<>();
        Lease alone = Objects.requireNonNull(pool.retry(PickKey.ANY));
        assertThat(pool.retry(PickKey.ANY)).as("one at any time").isNull();
        for (int i = 0; i < 14; i++) {
            first.add(Objects.requireNonNull(pool.lease(PickKey.ANY)));
        }
        List<Lease> retries = new ArrayList<>(List.of(alone));
        for (Lease lease = pool.retry(PickKey.ANY); lease != null; lease = pool.retry(PickKey.ANY)) {
            retries.add(lease);
        }
        assertThat(retries).as("a fifth of 14 and themselves").hasSize(3);
        assertThat(pool.view().retries()).isEqualTo(3);
        assertThat(pool.retry(Key.tried(Workbench.endpoints(3).toArray(Endpoint[]::new))))
                .isNull();
        retries.forEach(lease -> lease.close(LeaseOutcome.ANSWERED));
        retries.forEach(lease -> lease.close(LeaseOutcome.ANSWERED));
        assertThat(pool.view().retries()).isZero();
        first.forEach(lease -> lease.close(LeaseOutcome.ANSWERED));
        assertThat(pool.view().inFlight()).isZero();
    }

    @Test
    void latenciesJumpToPeaksAndSinkWithTime() {
        Latency latency = new Latency();
        double second = 1e9;
        long start = Long.MAX_VALUE - 5_000_000_000L;
        assertThat(latency.nanos(start, second)).isZero();
        latency.add(1_000_000, start, second);
        latency.add(9_000_000, start, second);
        assertThat(latency.last()).isEqualTo(9_000_000);
        long later = start + 1_000_000_000L;
        latency.add(1_000_000, later, second);
        assertThat(latency.last())
                .isBetween(1_000_000 + 8_000_000 / Math.E - 1_000, 1_000_000 + 8_000_000 / Math.E + 1_000);
        double sunk = latency.nanos(later + 8_000_000_000L, second) / latency.last();
        assertThat(sunk).as("also over the clock's end").isBetween(Math.exp(-8) * 0.99, Math.exp(-8) * 1.01);
    }

    @Test
    void settingsCheckTheirNumbers() {
        assertThatThrownBy(() -> new CircuitLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RetryBudget(1.1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SlowStart(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ZonePreference.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RULES.withShares(Double.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RULES.withLatencyFactor(0.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RULES.withConsecutiveFailures(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RULES.withSuccessDeviations(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
