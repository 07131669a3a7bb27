package dev.adit.benchmarks;

import dev.adit.Compilation;
import dev.adit.Gateway;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Positions;
import dev.adit.manifest.ResourceSet;
import dev.adit.matcher.RouteMatcher;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
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
 * Hosts whose rules are regular expressions, and paths of 8 192 characters that make them work: nothing here may take a millisecond. Every rule
 * passes the compiler without a finding, so none is beyond its limits, and the first hosts are full: one rule more would be refused.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RegexBenchmark {
    private static final int LONGEST_PATH = 8192;
    private static final String HOST = "regex.example.com";

    /** What the host holds, and how its paths begin. */
    public enum Shape {
        /** All of them look at all of the path. */
        ENDLESS(24, i -> "/[^/]+/orders" + (10 + i), "/", "abcdefgh"),
        /** The same, in tables as large as they may be. */
        LARGE(24, i -> "/.*[a-d" + i % 10 + "].{9}x" + (char) ('A' + i) + "y", "/", "abcdefgh"),
        /** Those that end, as long as they may be. */
        BOUNDED(65, i -> "/[^/]{994}x[" + i % 10 + "-" + (i + 10) % 10 + "]" + (10 + i), "/", "a"),
        /** As many as a host takes of those that end and of those that do not. */
        FULL(89, i -> i < 24 ? ENDLESS.rule.apply(i) : BOUNDED.rule.apply(i - 24), "/", "a"),
        /** Hundreds, of which one could accept the path. */
        PREFIXED(500, i -> "/team" + (100 + i) + "/[^/]+/orders", "/team321/", "abcdefgh"),
        /** Hundreds that begin with the same 900 characters. */
        ALIKE(500, i -> "/" + "a".repeat(900) + (100 + i) + "/[^/]+/x", "/" + "a".repeat(900) + "321/", "abcdefgh");

        private final int rules;
        private final IntFunction<String> rule;
        private final String start;
        private final String letters;

        Shape(int rules, IntFunction<String> rule, String start, String letters) {
            this.rules = rules;
            this.rule = rule;
            this.start = start;
            this.letters = letters;
        }

        private String path() {
            StringBuilder path = new StringBuilder(start);
            Random random = new Random(42);
            while (path.length() < LONGEST_PATH) {
                path.append(letters.charAt(random.nextInt(letters.length())));
            }
            return path.toString();
        }
    }

    @Param
    Shape shape = Shape.ENDLESS;

    private RouteMatcher<Route> matcher = RouteMatcher.<Route>builder().build();
    private String path = "";

    @Setup
    public void setUp() {
        Compilation compilation = Gateway.builder()
                .settings(Settings.DEFAULT.withProfile(Settings.Profile.INGRESS_NGINX))
                .resources(ResourceSet.of(List.of(ingress(), Workload.SERVICE, Workload.slice(1))))
                .build()
                .compilation();
        if (!compilation.diagnostics().isEmpty()) {
            throw new IllegalStateException(compilation.diagnostics().toString());
        }
        matcher = compilation.table().matcher();
        path = shape.path();
    }

    private Ingress ingress() {
        List<Ingress.Path> paths = new ArrayList<>();
        for (int i = 0; i < shape.rules; i++) {
            String field = "spec.rules[0].http.paths[" + i + "]";
            paths.add(new Ingress.Path(
                    field,
                    shape.rule.apply(i),
                    Ingress.PathType.IMPLEMENTATION_SPECIFIC,
                    new Ingress.ServiceBackend(field + ".backend", "web", "", 80)));
        }
        Map<String, String> regexes = Map.of("nginx.ingress.kubernetes.io/use-regex", "true");
        return new Ingress(
                new Metadata("shop", "regexes", null, Map.of(), regexes, Positions.NONE),
                null,
                null,
                List.of(),
                List.of(new Ingress.Rule("spec.rules[0]", HOST, paths)));
    }

    @Benchmark
    public @Nullable Route find() {
        return matcher.find(HOST, path);
    }
}
