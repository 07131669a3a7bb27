package dev.adit.benchmarks.tls;

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

    private @Nullable Chooser asked;
    private int next;

    /** Builds and checks. */
    @Setup
    public void setUp() {
        asked = chooser.checked(new ServerNames(certificates, QUERIES));
    }

    @Benchmark
    public @Nullable Object choose() {
        Chooser table = asked;
        if (table == null) {
            throw new IllegalStateException("not set up");
        }
        return table.choose(next++ & QUERIES - 1);
    }
}
