package dev.adit.benchmarks.matcher;

import com.sun.management.ThreadMXBean;
import dev.adit.matcher.PathKind;
import dev.adit.matcher.RouteMatcher;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How long it takes to replace the rules of one host in a table of 100 000 rules over 10 000 hosts, and how many bytes are allocated for it. Prints one
 * line of JSON.
 */
final class Change {
    private static final int RULES = 100_000;
    private static final int HOSTS = 10_000;
    private static final int CHANGES = 20_000;

    private Change() {}

    /** Measures. */
    public static void main(String[] arguments) {
        Table table = new Table(Shape.HOSTS, RULES, HOSTS, 1);
        RouteMatcher<Rule> matcher = AditContender.matcher(table);
        List<String> hosts = new ArrayList<>(table.byHost.keySet());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        Random random = new Random(1);
        long[] nanos = new long[CHANGES];
        long[] bytes = new long[CHANGES];
        for (int round = 0; round < 2; round++) { // the first warms up
            for (int i = 0; i < CHANGES; i++) {
                String host = hosts.get(random.nextInt(HOSTS));
                List<Rule> rules = table.byHost.getOrDefault(host, List.of());
                long allocated = threads.getThreadAllocatedBytes(thread);
                long before = System.nanoTime();
                matcher = replaced(matcher, host, rules);
                nanos[i] = System.nanoTime() - before;
                bytes[i] = threads.getThreadAllocatedBytes(thread) - allocated;
            }
        }
        Arrays.sort(nanos);
        Arrays.sort(bytes);
        System.out.printf(
                Locale.ROOT,
                "{\"rules\":%d,\"hosts\":%d,\"microsMedian\":%.1f,\"microsP99\":%.1f,\"bytesMedian\":%d,\"bytesP99\":%d}%n",
                RULES,
                HOSTS,
                nanos[CHANGES / 2] / 1e3,
                nanos[CHANGES * 99 / 100] / 1e3,
                bytes[CHANGES / 2],
                bytes[CHANGES * 99 / 100]);
    }

    private static RouteMatcher<Rule> replaced(RouteMatcher<Rule> matcher, String host, List<Rule> rules) {
        RouteMatcher.Builder<Rule> builder = matcher.toBuilder().removeHost(host);
        for (Rule rule : rules) {
            builder.add(host, rule.exact() ? PathKind.EXACT : PathKind.PREFIX, rule.path(), rule);
        }
        return builder.build();
    }
}
