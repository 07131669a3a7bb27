package dev.adit.benchmarks.balancer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints what JMH left in a folder, and how far it is from what is aimed at: {@code Report <folder>}. Times are the medians of
 * all iterations of all forks.
 */
final class Report {
    private static final JsonMapper JSON = new JsonMapper();

    /** What the lease itself takes: 24 bytes, with a time 32. */
    private static final double LEASE_BYTES = 32;

    /** @param what method and policy, where it has one */
    private record Key(String what, int endpoints, int threads) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = what.compareTo(other.what);
            return order != 0
                    ? order
                    : Arrays.compare(new int[] {endpoints, threads}, new int[] {other.endpoints, other.threads});
        }
    }

    private record Measured(double nanos, double bytes) {}

    private final Map<Key, Measured> all = new TreeMap<>();

    private Report() {}

    /** Reads the folder. */
    public static void main(String[] arguments) throws IOException {
        Report report = new Report();
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".jmh.json")).toList()) {
                JSON.readTree(Files.readString(file)).forEach(report::add);
            }
        }
        report.printTimes();
        report.printAims();
    }

    private void add(JsonNode result) {
        String name = result.get("benchmark").asString();
        JsonNode policy = result.get("params").get("policy");
        double[] iterations = result.get("primaryMetric")
                .get("rawData")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .mapToDouble(JsonNode::asDouble)
                .sorted()
                .toArray();
        Key key = new Key(
                name.substring(name.lastIndexOf('.') + 1) + (policy == null ? "" : " " + policy.asString()),
                Integer.parseInt(result.get("params").get("endpoints").asString()),
                result.get("threads").asInt());
        double bytes = result.get("secondaryMetrics")
                .get("gc.alloc.rate.norm")
                .get("score")
                .asDouble();
        all.put(key, new Measured(iterations[iterations.length / 2], bytes));
    }

    private void printTimes() {
        System.out.println("| what | endpoints | 1 thread, ns | B | 2 threads, ns | work of 2 / of 1 |");
        System.out.println("|---|---|---|---|---|---|");
        all.forEach((key, one) -> {
            if (key.threads == 1) {
                Measured two = all.get(new Key(key.what, key.endpoints, 2));
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %.1f | %.0f | %s |%n",
                        key.what,
                        key.endpoints,
                        one.nanos,
                        one.bytes,
                        two == null
                                ? " | "
                                : String.format(Locale.ROOT, "%.1f | %.2f", two.nanos, 2 * one.nanos / two.nanos));
            }
        });
    }

    private void printAims() {
        System.out.println("\n| aim | endpoints | measured | at most | |\n|---|---|---|---|---|");
        for (int endpoints : List.of(20, 500)) {
            atMost("round robin / gRPC's", endpoints, ratio("choose ROUND_ROBIN", "grpcRoundRobin", endpoints), 1);
            for (String hash : List.of("RING", "MAGLEV")) {
                String what = "choose " + hash;
                atMost(hash + " / gRPC's ring_hash", endpoints, ratio(what, "grpcRingHash", endpoints), 0.5);
                atMost(hash + ", bytes", endpoints, of(what, endpoints, 1).bytes, 0.5);
            }
            for (String policy : List.of("ROUND_ROBIN", "TWO_CHOICES")) {
                Measured one = of("leaseAndClose " + policy, endpoints, 1);
                Measured two = of("leaseAndClose " + policy, endpoints, 2);
                atMost(policy + ", lease and close, ns", endpoints, one.nanos, 40);
                atMost(policy + ", lease and close, bytes", endpoints, one.bytes, LEASE_BYTES);
                atMost(policy + ", 1.3 / work of two threads", endpoints, 1.3 * two.nanos / (2 * one.nanos), 1);
            }
            atMost("cookie to endpoint, ns", endpoints, of("cookieToEndpoint", endpoints, 1).nanos, 60);
        }
    }

    private double ratio(String ours, String theirs, int endpoints) {
        return of(ours, endpoints, 1).nanos / of(theirs, endpoints, 1).nanos;
    }

    private Measured of(String what, int endpoints, int threads) {
        return all.getOrDefault(new Key(what, endpoints, threads), new Measured(Double.NaN, Double.NaN));
    }

    private static void atMost(String what, int endpoints, double measured, double bar) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.2f | %.2f | %s |%n",
                what,
                endpoints,
                measured,
                bar,
                measured <= bar ? "met" : "missed");
    }
}
