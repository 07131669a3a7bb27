package dev.adit.benchmarks.matcher;

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

/**
 * Host and path to rule. The answers to all requests are compared with those of the hash map before the clock runs. Only the matcher takes part unless
 * {@code benchmarks/matcher/run.sh} asks others in, whose libraries are not in the jar.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatcherBenchmark {
    @Param("HOSTS")
    Shape shape = Shape.HOSTS;

    @Param("ADIT")
    Contenders contender = Contenders.ADIT;

    @Param({"10", "1000", "10000", "100000", "1000000"})
    int rules;

    /** 64 repeat so soon that branches are predicted; of 32 768, no processor remembers the way. */
    @Param("32768")
    int requests;

    private Query[] queries = {};
    private @Nullable Contender router;
    private int next;

    /** Builds and checks. */
    @Setup
    public void setUp() {
        Table table = new Table(shape, rules, requests);
        router = contender.checked(table, Contenders.HASH_MAP.build(table));
        queries = table.queries;
    }

    /** One request after another. */
    @Benchmark
    public int find() {
        Query query = queries[next++ & queries.length - 1];
        Contender asked = router;
        if (asked == null) {
            throw new IllegalStateException("not set up");
        }
        return asked.find(query.host(), query.path());
    }
}
