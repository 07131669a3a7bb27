package dev.adit.benchmarks.balancer;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.BalancePolicy.ConsistentHash;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One choice of every policy, bare and as a whole: chosen, counted in, closed. With {@code -t 2} threads share the pool, as
 * event loops do; {@code -prof gc} shows that nothing but the lease (24 B, with a time 32 B) is allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChoiceBenchmark {
    /** The policies, by a name for the command line. */
    public enum Policy {
        ROUND_ROBIN(BalancePolicy.roundRobin()),
        RANDOM(BalancePolicy.random()),
        TWO_CHOICES(BalancePolicy.leastConnections()),
        LEAST_CONNECTIONS(new BalancePolicy.LeastConnections(true)),
        PEAK_EWMA(BalancePolicy.peakEwma()),
        RING(new ConsistentHash(ConsistentHash.Table.RING, 0)),
        MAGLEV(new ConsistentHash(ConsistentHash.Table.MAGLEV, 0)),
        RING_BOUNDED(new ConsistentHash(ConsistentHash.Table.RING, 1.25));

        private final BalancePolicy policy;

        Policy(BalancePolicy policy) {
            this.policy = policy;
        }
    }

    @Param({"20", "500"})
    int endpoints;

    @Param
    Policy policy = Policy.ROUND_ROBIN;

    private Pool pool = new Balancer().pool(BalancePolicy.roundRobin(), List.of());
    private final AtomicInteger cursor = new AtomicInteger();
    private Endpoint[] list = {};

    @Setup
    public void setUp() {
        List<Endpoint> members = endpoints(endpoints);
        pool = new Balancer().pool(policy.policy, members);
        list = members.toArray(Endpoint[]::new);
    }

    static List<Endpoint> endpoints(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Endpoint.of("10.0." + (i >> 8) + "." + (i & 255), 8080))
                .toList();
    }

    /** What every thread asks with: another hash each time. */
    @State(Scope.Thread)
    public static class Asker implements PickKey {
        private long hash = Thread.currentThread().getId();

        PickKey next() {
            hash = hash * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
            return this;
        }

        @Override
        public long hash() {
            return hash ^ hash >>> 32;
        }

        @Override
        public boolean tried(Endpoint endpoint) {
            return false;
        }
    }

    /** The least that turns can cost while threads share one cursor. */
    @Benchmark
    public Endpoint floorSharedCursor() {
        return list[(cursor.getAndIncrement() & Integer.MAX_VALUE) % list.length];
    }

    @Benchmark
    public @Nullable Endpoint choose(Asker asker) {
        return pool.choose(asker.next());
    }

    @Benchmark
    public Endpoint leaseAndClose(Asker asker) {
        Lease lease = Objects.requireNonNull(pool.lease(asker.next()));
        lease.close(LeaseOutcome.ANSWERED);
        return lease.endpoint();
    }
}
