package dev.adit.balancer;

import static dev.adit.balancer.Workbench.ask;
import static dev.adit.balancer.Workbench.endpoints;
import static dev.adit.balancer.Workbench.weighted;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TurnTest {
    private final Workbench bench = new Workbench(1);

    private Pool pool(List<Integer> weights) {
        return bench.balancer.pool(PoolSettings.of(BalancePolicy.roundRobin()), weighted(weights));
    }

    /** The definition, word for word. */
    private static int[] smooth(List<Integer> weights, int turns) {
        long[] earned = new long[weights.size()];
        long sum = weights.stream().mapToLong(w -> w).sum();
        int[] order = new int[turns];
        for (int turn = 0; turn < turns; turn++) {
            int best = 0;
            for (int i = 0; i < earned.length; i++) {
                earned[i] += weights.get(i);
            }
            for (int i = 1; i < earned.length; i++) {
                best = earned[i] > earned[best] ? i : best;
            }
            earned[best] -= sum;
            order[turn] = best;
        }
        return order;
    }

    private void assertSmooth(List<Integer> weights, int turns) {
        Pool pool = pool(weights);
        int[] expected = smooth(weights, turns);
        for (int turn = 0; turn < turns; turn++) {
            assertThat(ask(pool, PickKey.ANY))
                    .as("turn %d of %s", turn, weights)
                    .isEqualTo(endpoints(weights.size()).get(expected[turn]));
        }
    }

    @Property(tries = 100)
    void smallWeightsGiveTheExactOrder(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 12) Integer> weights) {
        assertSmooth(weights, 200);
    }

    @Property(tries = 50)
    void anyWeightsGiveTheExactOrder(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = Member.MAX_WEIGHT) Integer> weights) {
        assertSmooth(weights, 100);
    }

    @Property(tries = 50)
    void everyPeriodGivesEachItsWeight(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 20) Integer> weights) {
        Pool pool = pool(weights);
        int sum = weights.stream().mapToInt(w -> w).sum();
        int[] counts = Workbench.counts(pool, weights.size(), 3 * sum);
        for (int i = 0; i < counts.length; i++) {
            assertThat(counts[i]).isEqualTo(3 * weights.get(i));
        }
    }

    @Test
    void weightsThatWouldMakeALongPeriodAreWorkedOutAsTheyGo() {
        assertSmooth(List.of(65_535, 1, 65_534, 32_767), 3_000);
    }

    @Property(tries = 50)
    void whoWasTriedIsPassedOverWhateverTheWeights(
            @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = Member.MAX_WEIGHT) Integer> weights) {
        Pool pool = pool(weights);
        Endpoint[] allButLast = endpoints(weights.size() - 1).toArray(Endpoint[]::new);
        for (int i = 0; i < 5; i++) {
            assertThat(ask(pool, Workbench.Key.tried(allButLast)))
                    .isEqualTo(endpoints(weights.size()).get(weights.size() - 1));
        }
        assertThat(ask(pool, Workbench.Key.tried(endpoints(weights.size()).toArray(Endpoint[]::new))))
                .isNull();
    }

    @Property(tries = 30)
    void randomFollowsTheWeights(@ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 9) Integer> weights) {
        Pool pool = bench.balancer.pool(PoolSettings.of(BalancePolicy.random()), weighted(weights));
        int sum = weights.stream().mapToInt(w -> w).sum();
        int[] counts = Workbench.counts(pool, weights.size(), 20_000);
        for (int i = 0; i < counts.length; i++) {
            double share = weights.get(i) / (double) sum;
            // Seven standard deviations.
            double stray = 7 * Math.sqrt(20_000 * share * (1 - share));
            assertThat((double) counts[i]).isBetween(20_000 * share - stray, 20_000 * share + stray);
        }
    }

    @Property(tries = 100)
    void fewestConnectionsForTheWeight(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 9) Integer> weights,
            @ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> script) {
        Pool pool = bench.balancer.pool(PoolSettings.of(new BalancePolicy.LeastConnections(true)), weighted(weights));
        Map<Endpoint, Integer> open = new HashMap<>();
        List<Lease> leases = new java.util.ArrayList<>();
        for (int step : script) {
            if (step < 3 && !leases.isEmpty()) {
                Lease closed = leases.remove(step % leases.size());
                closed.close(LeaseOutcome.ANSWERED);
                open.merge(closed.endpoint(), -1, Integer::sum);
                continue;
            }
            Lease lease = pool.lease(PickKey.ANY);
            double least = Double.MAX_VALUE;
            for (int i = 0; i < weights.size(); i++) {
                least = Math.min(
                        least, (open.getOrDefault(endpoints(weights.size()).get(i), 0) + 1) / (double) weights.get(i));
            }
            int weight = weights.get(endpoints(weights.size()).indexOf(lease.endpoint()));
            assertThat((open.getOrDefault(lease.endpoint(), 0) + 1) / (double) weight)
                    .isEqualTo(least);
            open.merge(lease.endpoint(), 1, Integer::sum);
            leases.add(lease);
        }
        leases.forEach(lease -> lease.close(LeaseOutcome.ABANDONED));
        assertThat(pool.view().inFlight()).isZero();
        pool.close();
    }

    @Test
    void thePoliciesCheckTheirNumbers() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new BalancePolicy.Subset(0))
                .isInstanceOf(IllegalArgumentException.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> new BalancePolicy.ConsistentHash(BalancePolicy.ConsistentHash.Table.RING, 1))
                .isInstanceOf(IllegalArgumentException.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new BalancePolicy.PeakEwma(java.time.Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Member.of(Workbench.endpoint(1)).withWeight(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
