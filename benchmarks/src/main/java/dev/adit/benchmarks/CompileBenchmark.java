package dev.adit.benchmarks;

import dev.adit.Compilation;
import dev.adit.Gateway;
import dev.adit.manifest.ResourceSet;
import java.util.concurrent.TimeUnit;
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

/** Parsed manifests to a route table: the first time, and when only endpoints changed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CompileBenchmark {
    @Param({"10", "1000", "10000"})
    int rules;

    private ResourceSet resources = ResourceSet.EMPTY;
    private ResourceSet twenty = ResourceSet.EMPTY;
    private ResourceSet nineteen = ResourceSet.EMPTY;
    private Gateway gateway = Gateway.builder().build();
    private boolean flip;

    @Setup
    public void setUp() {
        resources = new Workload(rules).resources;
        twenty = resources.with(Workload.slice(20));
        nineteen = resources.with(Workload.slice(19));
        gateway = Gateway.builder().resources(twenty).build();
    }

    @Benchmark
    public Gateway compile() {
        return Gateway.builder().resources(resources).build();
    }

    @Benchmark
    public Compilation updateEndpoints() {
        flip = !flip;
        return gateway.update(flip ? nineteen : twenty);
    }
}
