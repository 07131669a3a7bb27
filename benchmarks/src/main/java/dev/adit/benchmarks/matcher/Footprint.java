package dev.adit.benchmarks.matcher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long a contender takes to build a table, and how much heap it keeps beyond the rules themselves. Prints one line of JSON. A process of its own
 * for each measurement: {@code Footprint <contender> <shape> <rules>}.
 */
final class Footprint {
    private static final int MOST_BUILDS = 11;
    private static final long ENOUGH_NANOS = 5_000_000_000L;

    private Footprint() {}

    /** Measures. */
    public static void main(String[] arguments) {
        Contenders who = Contenders.valueOf(arguments[0]);
        Shape shape = Shape.valueOf(arguments[1]);
        Table table = new Table(shape, Integer.parseInt(arguments[2]), 1);
        List<Long> nanos = new ArrayList<>();
        long start = System.nanoTime();
        while (nanos.isEmpty() || nanos.size() < MOST_BUILDS && System.nanoTime() - start < ENOUGH_NANOS) {
            long before = System.nanoTime();
            ask(who.build(table), table);
            nanos.add(System.nanoTime() - before);
        }
        double first = nanos.get(0) / 1e6;
        List<Long> warm = nanos.subList(nanos.size() / 2, nanos.size());
        Collections.sort(warm);
        long before = used();
        @Nullable Contender built = who.build(table);
        long kept = used() - before;
        ask(built, table);
        System.out.printf(
                Locale.ROOT,
                "{\"contender\":\"%s\",\"shape\":\"%s\",\"rules\":%d,\"firstBuildMillis\":%.2f,\"buildMillis\":%.2f,\"bytesPerRule\":%.1f}%n",
                who,
                shape,
                table.rules.size(),
                first,
                warm.get(warm.size() / 2) / 1e6,
                (double) kept / table.rules.size());
        System.exit(0); // one of them keeps threads
    }

    /** Keeps it alive until here. */
    private static void ask(Contender contender, Table table) {
        contender.find(table.queries[0].host(), table.queries[0].path());
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
