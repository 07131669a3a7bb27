package dev.adit.benchmarks.matcher;

import java.nio.charset.StandardCharsets;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * Host and path to rule. The answers to all requests are compared with those of the hash map before the clock runs. Only the matcher takes part unless
 * {@code benchmarks/matcher/run.sh} asks others in, whose libraries are not in the jar.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 6, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 250, timeUnit = TimeUnit.MILLISECONDS)
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

    private @Nullable Contender router;
    /** The hosts and paths of all requests, one after another. */
    private byte[] wire = {};
    /** Where each of them starts, and where the last one ends. */
    private int[] starts = {0};

    private int next;

    /** Builds and checks. */
    @Setup
    public void setUp() {
        Table table = new Table(shape, rules, requests);
        router = contender.checked(table, Contenders.HASH_MAP.build(table));
        StringBuilder all = new StringBuilder();
        starts = new int[2 * requests + 1];
        for (int i = 0; i < requests; i++) {
            starts[2 * i + 1] = all.append(table.queries[i].host()).length();
            starts[2 * i + 2] = all.append(table.queries[i].path()).length();
        }
        wire = all.toString().getBytes(StandardCharsets.ISO_8859_1);
        System.gc(); // lays out what is kept side by side, as a server's garbage does for it sooner or later, but not
        // for who leaves none
    }

    /** One request after another, from the bytes that a server has read. */
    @Benchmark
    public int find() {
        int request = 2 * (next++ & requests - 1);
        int host = starts[request];
        int path = starts[request + 1];
        return contender().find(wire, host, path - host, path, starts[request + 2] - path);
    }

    /** The same for a server that has made strings of them anyway. */
    @Benchmark
    public int findStrings() {
        int request = 2 * (next++ & requests - 1);
        return contender().find(text(request), text(request + 1));
    }

    private Contender contender() {
        Contender asked = router;
        if (asked == null) {
            throw new IllegalStateException("not set up");
        }
        return asked;
    }

    /** What the texts alone cost, which is nobody's fault. */
    @Benchmark
    public void textsAlone(Blackhole eye) {
        int request = 2 * (next++ & requests - 1);
        eye.consume(text(request));
        eye.consume(text(request + 1));
    }

    private String text(int index) {
        return new String(wire, starts[index], starts[index + 1] - starts[index], StandardCharsets.ISO_8859_1);
    }
}
