package dev.adit.balancer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An endpoint that may have one connection: there are never two, whoever waits is never forgotten, and nothing is counted at the
 * end. A result that is 1 says that what its actor looked at was so.
 *
 * <pre>
 *   actor 1   has the connection ---- use, idle, close
 *   actor 2       asks for one ---- waits                  arbiter: it has it; what is left when both have closed theirs
 * </pre>
 */
public final class ConnectionRaces {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);

    private ConnectionRaces() {}

    /** One connection that stands, and one that somebody wants. */
    abstract static class Two {
        final Balancer balancer = new Balancer(() -> 0, () -> 0, BalancerListener.NONE);
        final Pool pool = balancer.pool(
                PoolSettings.of(BalancePolicy.roundRobin()).with(CircuitLimits.NONE.withConnections(1, 1)),
                Member.allOf(List.of(A)));
        final ConnectionPermit first = pool.permit(A, "first", false);
        final ConnectionPermit second = pool.permit(A, "second", false);
        final AtomicInteger granted = new AtomicInteger();

        Two() {
            first.ask(() -> {});
            first.opened(first::close);
        }

        final void wantSecond() {
            if (second.ask(granted::incrementAndGet)) {
                granted.incrementAndGet();
            }
        }

        /** Whether the second one has the only connection. */
        final int settled() {
            return granted.get() == 1 && balancer.connections(A) == 1 ? 1 : 0;
        }

        final int left() {
            first.close();
            second.close();
            return balancer.connections(A) + balancer.connected();
        }
    }

    /** A connection becomes unused while somebody begins to wait for one. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It was given up.")
    @Outcome(expect = FORBIDDEN, desc = "Who waits was forgotten, or something is left.")
    @State
    public static class Idle extends Two {
        @Actor
        public void idle() {
            first.idle();
        }

        @Actor
        public void want() {
            wantSecond();
        }

        @Arbiter
        public void left(II_Result result) {
            result.r1 = settled();
            result.r2 = left();
        }
    }

    /** An unused connection is wanted by who has it and by somebody else. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Used, and then given up.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "Given up first.")
    @Outcome(expect = FORBIDDEN, desc = "Two had it, who waits was forgotten, or something is left.")
    @State
    public static class Use extends Two {
        {
            first.idle();
        }

        @Actor
        public void use(III_Result result) {
            if (first.use()) {
                // As long as it is in use nobody takes it.
                result.r1 = granted.get() == 0 ? 1 : 2;
                first.idle();
            }
        }

        @Actor
        public void want() {
            wantSecond();
        }

        @Arbiter
        public void left(III_Result result) {
            result.r2 = settled();
            result.r3 = left();
        }
    }

    /** A connection ends while who waits for one gives up. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It gave up before, or after it was told.")
    @Outcome(expect = FORBIDDEN, desc = "Something is counted that nobody has.")
    @State
    public static class GiveUp extends Two {
        {
            wantSecond();
        }

        @Actor
        public void end() {
            first.close();
        }

        @Actor
        public void giveUp() {
            second.close();
        }

        @Arbiter
        public void left(II_Result result) {
            result.r1 = balancer.connections(A);
            result.r2 = left();
        }
    }
}
