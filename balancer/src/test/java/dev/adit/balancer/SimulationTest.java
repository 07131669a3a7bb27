package dev.adit.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What policies and health checks are worth, in simulated time: the same figures on every machine. */
class SimulationTest {
    private static final PoolSettings GUARDED = PoolSettings.of(BalancePolicy.roundRobin())
            .with(OutlierDetection.DEFAULT)
            .with(RetryBudget.DEFAULT);

    /** A hundred endpoints of ten workers at 80 % of what they can do. */
    private static Simulation busy(long seed, BalancePolicy policy) {
        Simulation simulation = new Simulation(seed, PoolSettings.of(policy), 100, 10, 10);
        simulation.run(150_000, 80_000);
        assertThat(simulation.errors()).isZero();
        return simulation;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void leastConnectionsIsEvenAndTwoChoicesAreNearlyAsGood(long seed) {
        Simulation exact = busy(seed, new BalancePolicy.LeastConnections(true));
        Simulation two = busy(seed, BalancePolicy.leastConnections());
        assertThat(exact.imbalance()).as("%s", exact).isLessThanOrEqualTo(1.15);
        assertThat(two.imbalance()).as("%s", two).isLessThanOrEqualTo(1.05 * exact.imbalance());
        Simulation random = busy(seed, BalancePolicy.random());
        assertThat(two.percentileMillis(0.99)).as("%s", random).isLessThan(random.percentileMillis(0.99));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSlowEndpointGetsLittleUnderPeakEwma(long seed) {
        Simulation simulation = new Simulation(seed, PoolSettings.of(BalancePolicy.peakEwma()), 20, 10, 10);
        simulation.slow(7, 10);
        simulation.run(100_000, 10_000);
        assertThat(simulation.servers().get(7).served()).as("%s", simulation).isLessThanOrEqualTo((long)
                (0.15 * 100_000 / 20));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whenThreeOfTenDieClientsSeeItForAMomentOnly(long seed) {
        Simulation simulation = new Simulation(seed, GUARDED, 1000, 10, 10);
        simulation.at(5 * Simulation.SECOND, () -> {
            for (int i = 0; i < 300; i++) {
                simulation.kill(i * 3);
            }
        });
        simulation.run(250_000, 10_000);
        assertThat(simulation.errorRate(0, 5)).isZero();
        for (int second = 8; second < 25; second++) {
            assertThat(simulation.errorRate(second, second + 1))
                    .as("errors in second %d of %s", second, simulation)
                    .isLessThan(0.001);
        }
        assertThat(simulation.retries()).as("%s", simulation).isPositive();
        assertThat(simulation.overBudget()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void probesAloneTakeTheDeadOutAndBringThemBack(long seed) {
        HealthCheck check = HealthCheck.tcp()
                .withTimes(Duration.ofSeconds(1), Duration.ofMillis(500))
                .withThresholds(2, 2);
        PoolSettings settings = PoolSettings.of(BalancePolicy.roundRobin()).with(check);
        Simulation simulation = new Simulation(seed, settings, 300, 10, 10);
        simulation.probeUntil(20 * Simulation.SECOND);
        long[] retries = new long[2];
        simulation.at(5 * Simulation.SECOND, () -> {
            for (int i = 0; i < 90; i++) {
                simulation.kill(i * 3);
            }
        });
        simulation.at(8 * Simulation.SECOND, () -> retries[0] = simulation.retries());
        simulation.at(12 * Simulation.SECOND, () -> {
            retries[1] = simulation.retries();
            for (int i = 0; i < 90; i++) {
                simulation.restart(i * 3);
            }
        });
        simulation.run(90_000, 5_000);
        assertThat(retries[0]).as("until two probes have failed").isPositive();
        assertThat(retries[1]).as("nobody was sent there any more").isEqualTo(retries[0]);
        assertThat(simulation.pool().view().members()).allMatch(member -> member.state() == PoolView.State.ACTIVE);
    }

    @Test
    void whenAllDieRetriesDoNotMultiplyTheOutage() {
        Simulation simulation = new Simulation(1, GUARDED, 100, 10, 10);
        simulation.at(Simulation.SECOND, () -> {
            for (int i = 0; i < 100; i++) {
                simulation.kill(i);
            }
        });
        simulation.at(3 * Simulation.SECOND, () -> {
            for (int i = 0; i < 100; i++) {
                simulation.restart(i);
            }
        });
        simulation.run(100_000, 10_000);
        assertThat(simulation.overBudget()).isZero();
        assertThat(simulation.retries()).as("%s", simulation).isLessThan(100_000 / 4);
        assertThat(simulation.errorRate(1, 3)).isGreaterThan(0.9);
        assertThat(simulation.errorRate(4, 10)).isLessThan(0.001);
    }

    /** Everything at once, at full size. */
    @Test
    void aMillionRequestsToAThousandEndpointsThatSlowDieComeAndGo() {
        PoolSettings settings = new PoolSettings(
                BalancePolicy.leastConnections(),
                new SlowStart(Duration.ofSeconds(5)),
                null,
                OutlierDetection.DEFAULT.withLatencyFactor(4),
                new CircuitLimits(20_000, 200),
                RetryBudget.DEFAULT,
                null);
        Simulation simulation = new Simulation(1, settings, 1000, 10, 10);
        simulation.slow(500, 20);
        simulation.at(2 * Simulation.SECOND, () -> {
            for (int i = 0; i < 100; i++) {
                simulation.kill(i * 7);
            }
        });
        simulation.at(4 * Simulation.SECOND, () -> simulation.scale(900, 10));
        simulation.at(6 * Simulation.SECOND, () -> {
            for (int i = 0; i < 100; i++) {
                simulation.restart(i * 7);
            }
        });
        simulation.at(8 * Simulation.SECOND, () -> simulation.scale(1000, 10));
        simulation.run(1_000_000, 50_000);
        System.out.println(simulation);
        assertThat(simulation.errorRate(0, 2)).isZero();
        assertThat(simulation.errorRate(5, 20)).as("%s", simulation).isLessThan(0.001);
        assertThat(simulation.overBudget()).isZero();
        assertThat(simulation.pool().view().inFlight()).isZero();
        assertThat(simulation.pool().view().retries()).isZero();
        assertThat(simulation.servers().get(500).served()).isLessThan(500);
    }
}
