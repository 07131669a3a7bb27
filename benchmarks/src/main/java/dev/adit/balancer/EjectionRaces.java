package dev.adit.balancer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Never more than the share of a pool is ejected, whoever fails and whoever leaves meanwhile. */
public final class EjectionRaces {
    private static final List<Endpoint> THREE =
            List.of(Endpoint.of("10.0.0.1", 80), Endpoint.of("10.0.0.2", 80), Endpoint.of("10.0.0.3", 80));
    private static final PoolSettings HALF = PoolSettings.of(BalancePolicy.roundRobin())
            .with(OutlierDetection.DEFAULT.withConsecutiveFailures(1).withShares(0.5, 0));

    private EjectionRaces() {}

    /** 1 if at most half of the seats are out. */
    private static int keeps(Pool pool) {
        List<Seat> seats = pool.seats();
        long out = seats.stream().filter(seat -> !seat.usable).count();
        return 2 * out <= seats.size() ? 1 : 0;
    }

    /** Two endpoints of three fail at once, and the third leaves. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "At most half is out.")
    @Outcome(expect = FORBIDDEN, desc = "More than half is out.")
    @State
    public static class Fail {
        private final Balancer balancer = new Balancer(() -> 0, () -> 0, BalancerListener.NONE);
        private final Pool pool = balancer.pool(HALF, Member.allOf(THREE));
        private final Lease first = Objects.requireNonNull(pool.lease(PickKey.ANY));
        private final Lease second = Objects.requireNonNull(pool.lease(PickKey.ANY));

        @Actor
        public void first(III_Result result) {
            first.close(LeaseOutcome.FAILED);
            result.r1 = keeps(pool);
        }

        @Actor
        public void second(III_Result result) {
            second.close(LeaseOutcome.FAILED);
            result.r2 = keeps(pool);
        }

        @Actor
        public void leave() {
            pool.update(THREE.subList(0, 2));
        }

        @Arbiter
        public void end(III_Result result) {
            result.r3 = keeps(pool);
        }
    }
}
