package dev.adit.benchmarks.update;

import com.sun.management.ThreadMXBean;
import dev.adit.Gateway;
import dev.adit.diagnostic.Severity;
import dev.adit.manifest.ResourceSet;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How long {@link Gateway#update} takes, and how many bytes it allocates, when one object of a large cluster changed; and
 * how long the first compilation of all takes. Prints a line for each kind of change; the time of the CPU is for machines that
 * are not idle.
 */
final class UpdateBenchmark {
    private static final int HOSTS_EACH = 10;

    private final int count;
    private final int changes;
    private final Cluster cluster;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(1);
    private Gateway gateway = Gateway.builder().build();
    private ResourceSet resources;

    private UpdateBenchmark(int count, int changes, int tlsEvery) {
        this.count = count;
        this.changes = changes;
        this.cluster = new Cluster(HOSTS_EACH, tlsEvery);
        this.resources = cluster.resources(count);
    }

    /** How one object changes. */
    private interface Change {
        ResourceSet apply(ResourceSet before, int number, int version);
    }

    /** Measures: how many Ingresses, how many changes of each kind, of how many Ingresses one has TLS. */
    public static void main(String[] arguments) {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int changes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000;
        int tlsEvery = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
        new UpdateBenchmark(count, changes, tlsEvery).run();
    }

    private void run() {
        System.out.printf("%d Ingresses, %d hosts%n", count, count * HOSTS_EACH);
        for (int i = 1; i <= 5; i++) {
            long before = System.nanoTime();
            long busy = threads.getCurrentThreadCpuTime();
            gateway = Gateway.builder().resources(resources).build();
            double cpu = (threads.getCurrentThreadCpuTime() - busy) / 1e6;
            double wall = (System.nanoTime() - before) / 1e6;
            System.out.printf(Locale.ROOT, "compilation %d: %.0f ms, %.0f ms of one core%n", i, wall, cpu);
        }
        int routes = gateway.table().routes().size();
        if (routes != count * HOSTS_EACH
                || gateway.compilation().diagnostics().stream().anyMatch(d -> d.severity() != Severity.INFO)) {
            throw new IllegalStateException(routes + " routes, or a warning");
        }
        System.out.printf(
                "%-28s %10s %10s %10s %10s %10s%n", "one", "median us", "p99 us", "CPU us", "median B", "p99 B");
        int last = count - 1;
        int withTls = cluster.withTls(last);
        measure("EndpointSlice replaced", (set, n, version) -> set.with(cluster.slice(n, version)));
        measure("Ingress replaced", (set, n, version) -> set.with(cluster.ingress(n, version)));
        measure("Ingress removed or added", (set, n, version) -> removedOrAdded(set, last, version));
        measure(
                "Ingress with TLS replaced",
                (set, n, version) -> set.with(cluster.ingress(cluster.withTls(n), version)));
        measure("Ingress with TLS rem./added", (set, n, version) -> removedOrAdded(set, withTls, version));
        measure("Service replaced", (set, n, version) -> set.with(cluster.service(n, version)));
        measure("Secret replaced", (set, n, version) -> set.with(cluster.secret(cluster.withTls(n), version)));
    }

    private ResourceSet removedOrAdded(ResourceSet set, int number, int version) {
        return version % 2 == 1
                ? set.without(cluster.ingress(number, 0).key())
                : set.with(cluster.ingress(number, version));
    }

    private void measure(String name, Change change) {
        long[] nanos = new long[changes];
        long[] cpu = new long[changes];
        long[] bytes = new long[changes];
        long thread = Thread.currentThread().getId();
        for (int round = 0; round < 2; round++) { // the first warms up
            for (int i = 0; i < changes; i++) {
                resources = change.apply(resources, random.nextInt(count), round * changes + i + 1);
                long allocated = threads.getThreadAllocatedBytes(thread);
                long busy = threads.getCurrentThreadCpuTime();
                long before = System.nanoTime();
                gateway.update(resources);
                nanos[i] = System.nanoTime() - before;
                cpu[i] = threads.getCurrentThreadCpuTime() - busy;
                bytes[i] = threads.getThreadAllocatedBytes(thread) - allocated;
            }
        }
        Arrays.sort(nanos);
        Arrays.sort(cpu);
        Arrays.sort(bytes);
        System.out.printf(
                Locale.ROOT,
                "%-28s %10.1f %10.1f %10.1f %10d %10d%n",
                name,
                nanos[changes / 2] / 1e3,
                nanos[changes * 99 / 100] / 1e3,
                cpu[changes / 2] / 1e3,
                bytes[changes / 2],
                bytes[changes * 99 / 100]);
    }
}
