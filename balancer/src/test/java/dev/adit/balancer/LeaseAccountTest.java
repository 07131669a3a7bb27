package dev.adit.balancer;

import static dev.adit.balancer.Workbench.endpoints;
import static dev.adit.balancer.Workbench.members;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * What is in flight, whatever happens in whichever order: the steps that threads take one between the other's are taken here
 * one after the other, by hand and by chance.
 */
class LeaseAccountTest {
    private static final int ENDPOINTS = 4;

    private final Workbench bench = new Workbench(1);
    private final Balancer balancer = bench.balancer;

    private Lease lease(Pool pool) {
        return Objects.requireNonNull(pool.lease(PickKey.ANY));
    }

    /** An endpoint goes between the moment it is chosen and the moment it is counted. */
    @Test
    void whoFindsTheCountRetiredIsCountedInTheNextOne() {
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), endpoints(1));
        Vitals chosen = pool.seats().get(0).vitals;
        pool.updateMembers(List.of());
        assertThat(balancer.known()).isZero();
        assertThat(chosen.tryEnter(0)).isFalse();
        Vitals next = balancer.enter(chosen.endpoint(), 0);
        assertThat(next).isNotSameAs(chosen);
        assertThat(balancer.inFlight(chosen.endpoint())).isEqualTo(1);
        assertThat(chosen.inFlight()).isZero();
        next.leave(0);
        assertThat(balancer.known()).as("nobody names it").isZero();
    }

    /** A lease ends and its endpoint goes: whoever is second drops the count. */
    @Test
    void theCountIsDroppedByWhoeverIsLast() {
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), endpoints(1));
        Lease first = lease(pool);
        pool.updateMembers(List.of());
        assertThat(balancer.inFlight(first.endpoint())).isEqualTo(1);
        assertThat(first.close(LeaseOutcome.ANSWERED)).isTrue();
        assertThat(balancer.known()).isZero();

        pool.updateMembers(members(1));
        Lease second = lease(pool);
        assertThat(second.close(LeaseOutcome.ANSWERED)).isTrue();
        assertThat(balancer.known()).isEqualTo(1);
        pool.updateMembers(List.of());
        assertThat(balancer.known()).isZero();
        assertThat(second.close(LeaseOutcome.FAILED)).isFalse();
        assertThat(balancer.known()).isZero();
    }

    /** An endpoint comes back while somebody leaves it: it keeps its count. */
    @Test
    void whoLeavesAnEndpointThatIsNamedAgainDropsNothing() {
        Pool pool = balancer.pool(BalancePolicy.roundRobin(), endpoints(1));
        Vitals vitals = pool.seats().get(0).vitals;
        assertThat(vitals.tryEnter(0)).isTrue();
        pool.updateMembers(List.of());
        pool.updateMembers(members(1));
        assertThat(pool.seats().get(0).vitals).isSameAs(vitals);
        vitals.leave(0);
        balancer.dropIfIdle(vitals);
        assertThat(balancer.known()).isEqualTo(1);
        assertThat(vitals.tryEnter(0)).isTrue();
        vitals.leave(0);
    }

    @Property(tries = 200)
    void inFlightIsWhatIsOpenInEveryOrder(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PoolSettings settings = PoolSettings.of(BalancePolicy.roundRobin())
                .with(OutlierDetection.DEFAULT.withConsecutiveFailures(2).withShares(0.5, 0))
                .with(new RetryBudget(0.2, 1));
        List<Pool> pools =
                List.of(balancer.pool(settings, members(ENDPOINTS)), balancer.pool(settings, members(ENDPOINTS - 1)));
        List<Lease> open = new ArrayList<>();
        for (int step = 0; step < 100; step++) {
            Pool pool = pools.get(random.nextInt(pools.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> add(open, pool.lease(PickKey.ANY));
                case 2 -> add(open, pool.retry(PickKey.ANY));
                case 3 -> close(open, random);
                case 4 -> pool.updateMembers(members(random.nextInt(ENDPOINTS + 1)));
                default -> bench.pass(Duration.ofSeconds(random.nextInt(20)));
            }
            for (Endpoint endpoint : endpoints(ENDPOINTS)) {
                assertThat((long) balancer.inFlight(endpoint))
                        .isEqualTo(open.stream()
                                .filter(lease -> lease.endpoint().equals(endpoint))
                                .count());
            }
            for (Pool each : pools) {
                long out = each.seats().stream().filter(seat -> !seat.usable).count();
                assertThat(out).isLessThanOrEqualTo(each.seats().size() / 2);
            }
        }
        while (!open.isEmpty()) {
            close(open, random);
        }
        assertThat(pools)
                .allMatch(pool -> pool.view().inFlight() == 0 && pool.view().retries() == 0);
        pools.forEach(Pool::close);
        assertThat(balancer.known()).isZero();
    }

    private static void add(List<Lease> open, Lease lease) {
        if (lease != null) {
            open.add(lease);
        }
    }

    /** Once, however often it is tried. */
    private static void close(List<Lease> open, SplittableRandom random) {
        if (!open.isEmpty()) {
            Lease lease = open.remove(random.nextInt(open.size()));
            LeaseOutcome[] outcomes = LeaseOutcome.values();
            assertThat(lease.close(outcomes[random.nextInt(outcomes.length)])).isTrue();
            assertThat(lease.close(outcomes[random.nextInt(outcomes.length)])).isFalse();
        }
    }
}
