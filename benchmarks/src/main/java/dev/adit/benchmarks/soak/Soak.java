package dev.adit.benchmarks.soak;

import dev.adit.benchmarks.soak.GatewayProcess.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * {@code adit serve} under mixed load, while its table is swapped, its endpoints are killed, and either side leaves in the
 * middle. Prints what it holds as time goes by, and at the end what became of every request. Ends with 1 if a request failed
 * without a reason, the gateway complained, or what it holds keeps growing.
 *
 * <p>{@code Soak [--transport netty] [--minutes 20] [--jar adapters/standalone/target/adit.jar] [java options]}
 */
final class Soak {
    /** Growth that is not yet one: compiled code, caches and pools fill up for a while. */
    private static final long SLACK = 16 << 20;

    private static final int SAMPLES = 20;
    private static final Duration REST = Duration.ofSeconds(10);

    private String transport = "netty";
    private double minutes = 20;
    private Path jar = Path.of("adapters/standalone/target/adit.jar");
    private final List<String> javaOptions = new ArrayList<>(List.of("-Xmx256m"));

    private Soak(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--transport" -> transport = arguments[++i];
                case "--minutes" -> minutes = Double.parseDouble(arguments[++i]);
                case "--jar" -> jar = Path.of(arguments[++i]);
                default -> javaOptions.add(arguments[i]);
            }
        }
    }

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(new Soak(arguments).run() ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("adit-soak");
        Path manifests = Files.createDirectory(folder.resolve("manifests"));
        Results results = new Results();
        try (Endpoints endpoints = new Endpoints(manifests);
                GatewayProcess gateway = new GatewayProcess(jar, transport, manifests, javaOptions)) {
            int[] ports = gateway.ports();
            Load load = new Load(ports[0], ports[1], endpoints, results);
            load.start();
            endpoints.unsettle();
            List<Sample> samples = watch(gateway, results);
            load.stop();
            endpoints.settle();
            LockSupport.parkNanos(REST.toNanos());
            System.out.println("at rest   " + gateway.sample());
            boolean stopped = gateway.stop();
            System.out.printf("%d swaps of the table, %d endpoints killed%n", endpoints.swaps(), endpoints.kills());
            results.print(System.out);
            return verdict(results, samples, gateway.complaints(), stopped);
        } finally {
            delete(folder);
        }
    }

    /** Looks at the gateway in equal intervals; the first look is when it is warm. */
    private List<Sample> watch(GatewayProcess gateway, Results results) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        long start = System.nanoTime();
        long interval = (long) (minutes * TimeUnit.MINUTES.toNanos(1) / SAMPLES);
        long before = 0;
        for (int i = 1; i <= SAMPLES && gateway.isAlive(); i++) {
            LockSupport.parkNanos(start + i * interval - System.nanoTime());
            Sample sample = gateway.sample();
            samples.add(sample);
            long total = results.total();
            System.out.printf(
                    "%6.1f min %s, %6.0f requests/s, %d unexplained errors%n",
                    i * minutes / SAMPLES, sample, (total - before) * 1e9 / interval, results.unexplained());
            before = total;
        }
        return samples;
    }

    private static boolean verdict(Results results, List<Sample> samples, List<String> complaints, boolean stopped) {
        complaints.forEach(line -> System.out.println("  gateway: " + line));
        boolean good = results.unexplained() == 0 && complaints.isEmpty() && stopped && samples.size() == SAMPLES;
        good &= isFlat("heap", samples, Sample::heap, SLACK);
        good &= isFlat("direct memory", samples, Sample::direct, SLACK);
        good &= isFlat("descriptors", samples, Sample::descriptors, 100);
        good &= isFlat("threads", samples, Sample::threads, 10);
        System.out.println(
                good ? "passed" : "FAILED" + (stopped ? "" : ": the gateway did not stop when it was asked to"));
        return good;
    }

    /** Compares the highest of the second quarter, when all is warm, with the lowest of the last. */
    private static boolean isFlat(String what, List<Sample> samples, ToLongFunction<Sample> value, long slack) {
        int quarter = samples.size() / 4;
        long early = samples.subList(quarter, 2 * quarter).stream()
                .mapToLong(value)
                .max()
                .orElse(0);
        long late = samples.subList(3 * quarter, samples.size()).stream()
                .mapToLong(value)
                .min()
                .orElse(Long.MAX_VALUE);
        boolean flat = late <= early + slack;
        System.out.printf(
                "%-14s %s: at most %d in the second quarter, at least %d in the last%n",
                what, flat ? "flat" : "GROWS", early, late);
        return flat;
    }

    private static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
