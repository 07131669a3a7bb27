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
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A lease is closed exactly once; what is in flight is never negative, never lost, and zero at the end; limits hold. A result
 * that is 1 says that what its actor looked at was so.
 *
 * <pre>
 *   actor 1   lease ---- look ---- close
 *   actor 2       update ---- look ---- update           arbiter: what is left when both are done
 * </pre>
 */
public final class LeaseRaces {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 80);

    private LeaseRaces() {}

    private static Balancer balancer() {
        return new Balancer(() -> 0, () -> 0, BalancerListener.NONE);
    }

    private static int one(boolean so) {
        return so ? 1 : 0;
    }

    /** Leases, looks whether that is counted, and closes; 1 also if there is nothing to lease. */
    private static int use(Balancer balancer, Pool pool) {
        Lease lease = pool.lease(PickKey.ANY);
        if (lease == null) {
            return 1;
        }
        boolean counted = balancer.inFlight(lease.endpoint()) >= 1;
        return one(counted & lease.close(LeaseOutcome.ANSWERED));
    }

    /** What is still in flight, or known of endpoints that nobody names. */
    private static int left(Balancer balancer, Pool... pools) {
        int inFlight = balancer.inFlight(A) + balancer.inFlight(B);
        for (Pool pool : pools) {
            pool.close();
        }
        return inFlight + balancer.known();
    }

    /** Two close one lease. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "The first one closed it.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "The second one closed it.")
    @Outcome(expect = FORBIDDEN, desc = "Closed twice or never, or still in flight.")
    @State
    public static class Close {
        private final Balancer balancer = balancer();
        private final Pool pool = balancer.pool(BalancePolicy.roundRobin(), List.of(A));
        private final Lease lease = Objects.requireNonNull(pool.lease(PickKey.ANY));

        @Actor
        public void answered(III_Result result) {
            result.r1 = one(lease.close(LeaseOutcome.ANSWERED));
        }

        @Actor
        public void failed(III_Result result) {
            result.r2 = one(lease.close(LeaseOutcome.FAILED));
        }

        @Arbiter
        public void left(III_Result result) {
            result.r3 = LeaseRaces.left(balancer, pool);
        }
    }

    /** An endpoint goes and comes while it is used. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Counted while it was open.")
    @Outcome(expect = FORBIDDEN, desc = "Lost, negative, or still in flight.")
    @State
    public static class Update {
        private final Balancer balancer = balancer();
        private final Pool pool = balancer.pool(BalancePolicy.roundRobin(), List.of(A));

        @Actor
        public void use(III_Result result) {
            result.r1 = LeaseRaces.use(balancer, pool);
        }

        @Actor
        public void update(III_Result result) {
            pool.update(List.of(B));
            result.r2 = one(balancer.inFlight(A) >= 0 && balancer.inFlight(B) >= 0);
            pool.update(List.of(A));
        }

        @Arbiter
        public void left(III_Result result) {
            result.r3 = LeaseRaces.left(balancer, pool);
        }
    }

    /** The last pool but one lets go of an endpoint that both use, and then the last. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Counted while they were open.")
    @Outcome(expect = FORBIDDEN, desc = "Lost, or still in flight.")
    @State
    public static class Share {
        private final Balancer balancer = balancer();
        private final Pool one = balancer.pool(BalancePolicy.roundRobin(), List.of(A));
        private final Pool other = balancer.pool(BalancePolicy.leastConnections(), List.of(A));

        @Actor
        public void useOne(III_Result result) {
            result.r1 = use(balancer, one);
        }

        @Actor
        public void useOther(III_Result result) {
            result.r2 = use(balancer, other);
        }

        @Actor
        public void letGo() {
            other.update(List.of());
            one.close();
        }

        @Arbiter
        public void left(III_Result result) {
            result.r3 = LeaseRaces.left(balancer, other);
        }
    }

    /** A pod's address passes to another one while a lease at the old one fails. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The new pod starts fresh.")
    @Outcome(expect = FORBIDDEN, desc = "The new pod inherits, or something is left.")
    @State
    public static class Reuse {
        private final Endpoint before = new Endpoint("10.0.0.1", 80, "before");
        private final Endpoint after = new Endpoint("10.0.0.1", 80, "after");
        private final Balancer balancer = balancer();
        private final Pool pool = balancer.pool(BalancePolicy.roundRobin(), List.of(before));
        private final Lease lease = Objects.requireNonNull(pool.lease(PickKey.ANY));

        @Actor
        public void fail() {
            lease.close(LeaseOutcome.FAILED);
        }

        @Actor
        public void update(II_Result result) {
            pool.update(List.of(after));
            result.r1 = use(balancer, pool);
        }

        @Arbiter
        public void left(II_Result result) {
            result.r1 &= one(pool.view().members().get(0).failures() == 0);
            result.r2 = balancer.inFlight(before) + balancer.inFlight(after) + LeaseRaces.left(balancer, pool);
        }
    }

    /** Two retries where one may be open, at a pool with one place. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Never both at once, and both places were given back.")
    @Outcome(expect = FORBIDDEN, desc = "A limit was passed, or a place is lost.")
    @State
    public static class Limits {
        private final Balancer balancer = balancer();
        private final Pool pool = balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin())
                        .with(new CircuitLimits(2, 1))
                        .with(new RetryBudget(0, 1)),
                Member.allOf(List.of(A, B)));

        private int retry() {
            Lease lease = pool.retry(PickKey.ANY);
            if (lease == null) {
                return 1;
            }
            boolean alone = balancer.inFlight(A) + balancer.inFlight(B) == 1;
            return one(alone & lease.close(LeaseOutcome.ANSWERED));
        }

        @Actor
        public void first(III_Result result) {
            result.r1 = retry();
        }

        @Actor
        public void second(III_Result result) {
            result.r2 = retry();
        }

        @Arbiter
        public void left(III_Result result) {
            Lease first = pool.retry(PickKey.ANY);
            Lease second = pool.lease(PickKey.ANY);
            boolean lost = first == null || second == null || pool.lease(PickKey.ANY) != null;
            if (first != null) {
                first.close(LeaseOutcome.ABANDONED);
            }
            if (second != null) {
                second.close(LeaseOutcome.ABANDONED);
            }
            result.r3 = one(lost) + pool.view().retries() + LeaseRaces.left(balancer, pool);
        }
    }
}
