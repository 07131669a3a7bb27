package dev.adit.benchmarks.tls;

import java.util.Objects;
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
 * Server name to certificate. The answers to all names are compared with the rules before the clock runs. Only Adit takes part unless
 * {@code benchmarks/tls/run.sh} asks others in, whose libraries are not in the jar.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class ServerNameBenchmark {
    private static final int QUERIES = 4096;

    @Param("ADIT")
    Choosers chooser = Choosers.ADIT;

    @Param({"10", "1000", "100000"})
    int certificates;

    private @Nullable Chooser table;
    private @Nullable ServerNames names;
    private int next;

    /** Builds and checks. */
    @Setup
    public void setUp() {
        ServerNames all = new ServerNames(certificates, QUERIES);
        table = chooser.checked(all);
        names = all;
        System.gc(); // lays out what is kept side by side, as a server's garbage does for it sooner or later, but not
        // for who leaves none
    }

    /** One name after another, from the bytes of a hello. */
    @Benchmark
    public @Nullable Object choose() {
        ServerNames asked = Objects.requireNonNull(names);
        int name = next++ & QUERIES - 1;
        int start = asked.starts[name];
        return Objects.requireNonNull(table).choose(asked.hellos, start, asked.starts[name + 1] - start);
    }

    /** The same for a server that has strings, and for whose strings somebody has computed the hash before. */
    @Benchmark
    public @Nullable Object chooseByString() {
        return Objects.requireNonNull(table).choose(Objects.requireNonNull(names).asked[next++ & QUERIES - 1]);
    }
}
