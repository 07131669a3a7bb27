package dev.adit.benchmarks;

import dev.adit.Gateway;
import dev.adit.benchmarks.Workload.Query;
import dev.adit.matcher.RouteMatcher;
import dev.adit.route.Route;
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

/** Host and path to route. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FindBenchmark {
    @Param({"10", "1000", "10000"})
    int rules;

    private RouteMatcher<Route> matcher = RouteMatcher.<Route>builder().build();
    private Query[] queries = {};
    private int next;

    @Setup
    public void setUp() {
        Workload workload = new Workload(rules);
        matcher =
                Gateway.builder().resources(workload.resources).build().table().matcher();
        queries = workload.queries;
    }

    @Benchmark
    public @Nullable Route find() {
        Query q = queries[next++ & (queries.length - 1)];
        return matcher.find(q.host(), q.path());
    }
}
