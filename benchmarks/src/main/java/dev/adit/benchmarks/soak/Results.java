package dev.adit.benchmarks.soak;

import java.io.PrintStream;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of every request, by kind. */
final class Results {
    private static final int MOST_SHOWN = 20;

    private static final class Tally {
        final LongAdder good = new LongAdder();
        final LongAdder explained = new LongAdder();
        final LongAdder unexplained = new LongAdder();
    }

    private final Map<String, Tally> tallies = new ConcurrentSkipListMap<>();
    private final Queue<String> shown = new ConcurrentLinkedQueue<>();

    private Tally of(String kind) {
        return tallies.computeIfAbsent(kind, name -> new Tally());
    }

    void good(String kind) {
        of(kind).good.increment();
    }

    void failed(String kind, Throwable cause, boolean explained) {
        if (explained) {
            of(kind).explained.increment();
            return;
        }
        of(kind).unexplained.increment();
        if (shown.size() < MOST_SHOWN) {
            shown.add(kind + ": " + cause);
        }
    }

    long total() {
        return tallies.values().stream().mapToLong(tally -> tally.good.sum()).sum();
    }

    long unexplained() {
        return tallies.values().stream()
                .mapToLong(tally -> tally.unexplained.sum())
                .sum();
    }

    void print(PrintStream out) {
        out.printf("%-28s %12s %12s %12s%n", "requests", "as expected", "explained", "unexplained");
        tallies.forEach((kind, tally) -> out.printf(
                "%-28s %12d %12d %12d%n", kind, tally.good.sum(), tally.explained.sum(), tally.unexplained.sum()));
        shown.forEach(line -> out.println("  unexplained " + line));
    }
}
