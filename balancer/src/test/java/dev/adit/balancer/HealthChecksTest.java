package dev.adit.balancer;

import static dev.adit.balancer.Workbench.counts;
import static dev.adit.balancer.Workbench.endpoint;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthChecksTest {
    /** Every second, within half of one, down after two, up after three, and chance has no say. */
    private static final HealthCheck CHECK = HealthCheck.http("/healthz")
            .withTimes(Duration.ofSeconds(1), Duration.ofMillis(500))
            .withThresholds(3, 2)
            .withJitter(0);

    private final Workbench bench = Workbench.withoutChance();
    private final HealthChecks checks = bench.balancer.healthChecks();

    private Pool pool(HealthCheck check, int size) {
        return bench.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(check), members(size));
    }

    /** Lets a second pass and reports what is due then, as {@code passes} by the number of an endpoint. */
    private void round(Set<Integer> fails) {
        for (HealthChecks.Probe probe : checks.due()) {
            boolean fail = fails.stream().anyMatch(number -> endpoint(number).equals(probe.endpoint()));
            probe.report(!fail, fail ? "status 503" : "status 200");
        }
        bench.passMillis(1000);
    }

    @Test
    void thresholdsDecide() {
        Pool pool = pool(CHECK, 3);
        round(Set.of(2));
        assertThat(bench.events).as("once is not enough").isEmpty();
        round(Set.of());
        round(Set.of(2));
        assertThat(bench.events).as("not in a row").isEmpty();
        round(Set.of(2));
        assertThat(bench.events).containsExactly("marked 10.0.0.2 down: status 503");
        assertThat(counts(pool, 3, 4)).containsExactly(2, 0, 2);
        PoolView.MemberView view = pool.view().members().get(1);
        assertThat(view.state()).isEqualTo(PoolView.State.DOWN);
        assertThat(view.probe()).isEqualTo(new PoolView.ProbeView(false, 2, "status 503"));
        assertThat(pool.view().members().get(0).probe()).isEqualTo(new PoolView.ProbeView(true, 4, "status 200"));

        round(Set.of());
        round(Set.of());
        round(Set.of(2));
        round(Set.of());
        round(Set.of());
        assertThat(bench.events).hasSize(1);
        round(Set.of());
        assertThat(bench.events).last().isEqualTo("marked 10.0.0.2 up: status 200");
        assertThat(counts(pool, 3, 3)).containsOnly(1);
    }

    @Test
    void whatIsNotReportedInTimeFailed() {
        Pool pool = pool(CHECK.withThresholds(1, 1), 2);
        List<HealthChecks.Probe> due = checks.due();
        assertThat(due).hasSize(2);
        due.get(0).report(true, "status 200");
        bench.passMillis(499);
        assertThat(checks.due()).isEmpty();
        assertThat(bench.events).isEmpty();
        bench.passMillis(1);
        assertThat(checks.due()).isEmpty();
        assertThat(bench.events).containsExactly("marked 10.0.0.2 down: no answer in time");
        due.get(1).report(true, "status 200");
        due.get(0).report(false, "status 500");
        assertThat(bench.events).as("too late, and said before").hasSize(1);
        bench.passMillis(499);
        assertThat(checks.due()).isEmpty();
        bench.passMillis(1);
        assertThat(checks.due()).extracting(HealthChecks.Probe::endpoint).containsAll(pool.endpoints());
    }

    @Test
    void poolsWithTheSameCheckShareProbes() {
        Pool one = pool(CHECK, 2);
        Pool other = pool(CHECK, 3);
        assertThat(checks.due()).hasSize(3);
        bench.passMillis(1000);
        one.close();
        assertThat(checks.due()).hasSize(3);
        bench.passMillis(1000);
        other.updateMembers(members(1));
        assertThat(checks.due()).hasSize(1);
        bench.passMillis(1000);
        other.close();
        other.close();
        other.updateMembers(members(3));
        assertThat(checks.isEmpty()).isTrue();
        assertThat(checks.due()).isEmpty();
    }

    @Test
    void anEndpointIsDownAsLongAsOneCheckSaysSo() {
        Pool unchecked = bench.balancer.pool(BalancePolicy.roundRobin(), Workbench.endpoints(2));
        Pool asked = pool(CHECK.withThresholds(1, 1), 2);
        Pool connected = pool(HealthCheck.tcp().withThresholds(1, 1).withJitter(0), 2);
        checks.due().forEach(probe -> probe.report(!probe.endpoint().equals(endpoint(2)), "said"));
        assertThat(bench.events).containsExactly("marked 10.0.0.2 down: said");
        assertThat(counts(unchecked, 2, 2)).containsExactly(2, 0);
        assertThat(unchecked.view().members().get(1).probe())
                .as("this pool asks nobody")
                .isNull();
        asked.close();
        assertThat(bench.events).hasSize(1);
        connected.updateMembers(members(1));
        assertThat(bench.events).last().isEqualTo("marked 10.0.0.2 up: checked no more");
        assertThat(counts(unchecked, 2, 2)).containsOnly(1);
    }

    @Test
    void whoStartsHearsOfTheFirstAndWhoComesBack() {
        List<Integer> starts = new ArrayList<>();
        checks.onStart(() -> starts.add(starts.size()));
        bench.balancer.pool(BalancePolicy.roundRobin(), Workbench.endpoints(2));
        assertThat(starts).isEmpty();
        Pool pool = pool(CHECK, 0);
        assertThat(starts).as("no endpoint, no probe").isEmpty();
        pool.updateMembers(members(2));
        pool(CHECK, 3);
        assertThat(starts).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void chanceSpreadsProbesOverTheInterval(long seed) {
        Workbench own = new Workbench(seed);
        HealthCheck check = HealthCheck.tcp()
                .withTimes(Duration.ofSeconds(10), Duration.ofSeconds(1))
                .withJitter(0.2);
        own.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()).with(check), members(1000));
        Map<Endpoint, Integer> probes = new HashMap<>();
        int most = 0;
        for (int tenth = 0; tenth < 1000; tenth++) {
            List<HealthChecks.Probe> due = own.balancer.healthChecks().due();
            most = Math.max(most, due.size());
            due.forEach(probe -> {
                probes.merge(probe.endpoint(), 1, Integer::sum);
                probe.report(true, "connected");
            });
            own.passMillis(100);
        }
        assertThat(most).as("1000 endpoints in 100 ticks").isLessThan(35);
        assertThat(probes).hasSize(1000);
        assertThat(probes.values()).allSatisfy(count -> assertThat(count).isBetween(8, 12));
    }

    /** Whatever pools come, change and go, and whatever probes bring: what is known agrees with what was said last. */
    @Property(tries = 200)
    void marksFollowWhatWasSaid(@ForAll @Size(max = 60) List<@IntRange(max = 63) Integer> script) {
        Workbench own = new Workbench(script.size());
        HealthChecks its = own.balancer.healthChecks();
        PoolSettings settings = PoolSettings.of(BalancePolicy.roundRobin())
                .with(CHECK.withThresholds(1, 1).withJitter(0.5));
        Pool first = own.balancer.pool(settings, members(3));
        Pool second = own.balancer.pool(settings, members(5));
        Map<Endpoint, Boolean> said = new HashMap<>();
        for (int step : script) {
            switch (step & 3) {
                case 0 -> first.updateMembers(members(step >> 2));
                case 1 -> second.updateMembers(members(step >> 2));
                default -> {
                    own.passMillis(100L * (step >> 2));
                    for (HealthChecks.Probe probe : its.due()) {
                        boolean passed = (probe.endpoint().hashCode() + step & 4) == 0;
                        probe.report(passed, "said");
                        said.put(probe.endpoint(), passed);
                    }
                }
            }
            Set<Endpoint> named = new java.util.HashSet<>(first.endpoints());
            named.addAll(second.endpoints());
            said.keySet().retainAll(named);
            assertThat(its.isEmpty()).isEqualTo(named.isEmpty());
            for (Pool pool : List.of(first, second)) {
                for (PoolView.MemberView member : pool.view().members()) {
                    boolean down = member.state() == PoolView.State.DOWN;
                    assertThat(down)
                            .isEqualTo(!said.getOrDefault(member.member().endpoint(), true));
                }
            }
        }
        first.close();
        second.close();
        assertThat(its.isEmpty()).isTrue();
        assertThat(own.balancer.known()).isZero();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> HealthCheck.http("healthz")).hasMessageContaining("slash");
        assertThatThrownBy(() -> new HealthCheck.Way.Http(false, "", "/", Set.of(99)))
                .hasMessageContaining("status");
        assertThatThrownBy(() -> CHECK.withTimes(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContaining("positive");
        assertThatThrownBy(() -> CHECK.withTimes(Duration.ofSeconds(1), Duration.ofSeconds(2)))
                .hasMessageContaining("at most the interval");
        assertThatThrownBy(() -> CHECK.withThresholds(0, 1)).hasMessageContaining("threshold");
        assertThatThrownBy(() -> CHECK.withJitter(1.5)).hasMessageContaining("jitter");
    }
}
