package dev.adit.benchmarks.matcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes a table, {@code matcher.json} and {@code matcher.svg} of what JMH and {@link Footprint} left in a folder: {@code Report <folder>}. Times are the
 * medians of all iterations of all forks, bytes those beyond the requests' own texts; a ratio is the matcher's time divided by the other's.
 */
final class Report {
    private static final JsonMapper JSON = new JsonMapper();

    /** One line of the table. */
    record Row(
            String benchmark, Shape shape, int requests, int rules, Contenders contender, double nanos, double bytes) {
        /** Without the bytes of the texts, if they were measured. */
        Row besides(List<Row> all) {
            double texts = all.stream()
                    .filter(row -> row.is("textsAlone")
                            && row.rules == rules
                            && row.series().equals(series()))
                    .mapToDouble(Row::bytes)
                    .findFirst()
                    .orElse(0);
            return new Row(benchmark, shape, requests, rules, contender, nanos, Math.max(0, bytes - texts));
        }

        boolean is(String name) {
            return benchmark.equals(name);
        }

        String label() {
            return is("findStrings") ? contender.label + ", from strings" : contender.label;
        }

        String series() {
            return shape + ", " + requests + " requests";
        }
    }

    private Report() {}

    /** Reads the folder and writes into it. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<Row> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".jmh.json"))
                    .sorted()
                    .toList()) {
                JSON.readTree(Files.readString(file)).forEach(result -> all.add(row(result)));
            }
        }
        List<Row> rows = all.stream()
                .filter(row -> !row.is("textsAlone"))
                .map(row -> row.is("find") && row.contender == Contenders.ADIT ? row : row.besides(all))
                .toList();
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> entry = new TreeMap<>();
            entry.put("shape", row.shape.name());
            entry.put("requests", row.requests);
            entry.put("rules", row.rules);
            entry.put("contender", row.label());
            entry.put("nanos", row.nanos);
            entry.put("bytes", row.bytes);
            entry.put("ratio", ratio(rows, row));
            entries.add(entry);
        }
        Files.writeString(
                folder.resolve("matcher.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(entries) + "\n");
        Files.writeString(folder.resolve("matcher.svg"), new Chart(rows).svg());
        print(rows);
    }

    private static Row row(JsonNode result) {
        JsonNode parameters = result.get("params");
        List<Double> iterations = new ArrayList<>();
        result.get("primaryMetric")
                .get("rawData")
                .forEach(fork -> fork.forEach(nanos -> iterations.add(nanos.asDouble())));
        double[] sorted =
                iterations.stream().mapToDouble(nanos -> nanos).sorted().toArray();
        return new Row(
                result.get("benchmark").asString().replaceFirst(".*[.]", ""),
                Shape.valueOf(parameters.get("shape").asString()),
                Integer.parseInt(parameters.get("requests").asString()),
                Integer.parseInt(parameters.get("rules").asString()),
                Contenders.valueOf(parameters.get("contender").asString()),
                sorted[sorted.length / 2],
                result.get("secondaryMetrics")
                        .get("gc.alloc.rate.norm")
                        .get("score")
                        .asDouble());
    }

    /** The matcher's time divided by this one's; NaN if the matcher did not take part. */
    private static double ratio(List<Row> rows, Row other) {
        return rows.stream()
                .filter(row -> row.contender == Contenders.ADIT
                        && row.is("find")
                        && row.rules == other.rules
                        && row.series().equals(other.series()))
                .mapToDouble(row -> row.nanos / other.nanos)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static void print(List<Row> rows) {
        System.out.println("| shape | rules | contender | ns | B | Adit / it |\n|---|---|---|---|---|---|");
        for (Shape shape : Shape.values()) {
            for (Contenders contender : Contenders.values()) {
                rows.stream()
                        .filter(row -> row.shape == shape && row.contender == contender)
                        .sorted((one, other) -> Arrays.compare(
                                new int[] {-one.requests, one.rules}, new int[] {-other.requests, other.rules}))
                        .forEach(row -> System.out.printf(
                                Locale.ROOT,
                                "| %s | %d | %s | %.0f | %.0f | %.2f |%n",
                                row.series(),
                                row.rules,
                                row.label(),
                                row.nanos,
                                row.bytes,
                                ratio(rows, row)));
            }
        }
    }
}
