package dev.adit.benchmarks.balancer;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Member;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.balancer.SessionToken;
import dev.adit.balancer.SessionTokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** From the text of a cookie to the endpoint of its session. There is no table, so the number of sessions does not matter. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class StickyBenchmark implements PickKey {
    private static final int SESSIONS = 4096;

    @Param({"20", "500"})
    int endpoints;

    private final SessionTokens tokens = new SessionTokens("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
    private Pool pool = new Balancer().pool(BalancePolicy.roundRobin(), List.of());
    private String[] cookies = {};
    private int next;
    private @Nullable SessionToken session;

    @Setup
    public void setUp() {
        List<Endpoint> members = ChoiceBenchmark.endpoints(endpoints);
        pool = new Balancer().pool(PoolSettings.of(new BalancePolicy.Sticky(tokens)), Member.allOf(members));
        SplittableRandom random = new SplittableRandom(1);
        cookies = new String[SESSIONS];
        for (int i = 0; i < SESSIONS; i++) {
            Endpoint endpoint = members.get(random.nextInt(endpoints));
            cookies[i] = tokens.write(new SessionToken(random.nextLong(), tokens.name(endpoint)));
        }
    }

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public boolean tried(Endpoint endpoint) {
        return false;
    }

    @Override
    public @Nullable SessionToken session() {
        return session;
    }

    @Benchmark
    public @Nullable Endpoint cookieToEndpoint() {
        session = tokens.read(cookies[next++ & SESSIONS - 1]);
        return pool.choose(this);
    }
}
