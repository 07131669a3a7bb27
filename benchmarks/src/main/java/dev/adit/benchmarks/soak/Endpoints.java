package dev.adit.benchmarks.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The endpoints, and the manifests that name them. Both never rest:
 *
 * <pre>
 *   ten times a second   another number of other rules: the table is compiled and swapped
 *   in between           one endpoint is taken out of the manifests, or comes back
 *   every five seconds   kill -9 of one endpoint ── 1 s ──▶ out of the manifests ──▶ started anew ──▶ back in
 * </pre>
 */
final class Endpoints implements AutoCloseable {
    private static final int COUNT = 4;
    private static final int MOST_RULES = 200;
    private static final Duration BETWEEN_SWAPS = Duration.ofMillis(100);
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(5);
    private static final Duration UNNOTICED = Duration.ofSeconds(1);
    /** A request that ends this long after a kill may have met what was left of the dead endpoint's connections. */
    private static final Duration AFTERMATH = Duration.ofSeconds(1);

    private final Path manifests;
    private final int port;
    private final Random random = new Random(1);
    private final Map<Integer, Process> running = new ConcurrentSkipListMap<>();
    /** Those that the manifests may name. */
    private final ConcurrentSkipListSet<Integer> alive = new ConcurrentSkipListSet<>();

    /** When an endpoint was told to die, and when it was dead: on a machine that is busy, that takes a while. */
    private final ConcurrentSkipListSet<Long> deaths = new ConcurrentSkipListSet<>();

    private final AtomicInteger kills = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger swaps = new AtomicInteger();

    Endpoints(Path manifests) throws IOException {
        this.manifests = manifests;
        // On every address of its own, so that no client is given the port of an endpoint that is not running.
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address(0)))) {
            port = free.getLocalPort();
        }
        // Whatever ends the soak ends its endpoints.
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        for (int i = 0; i < COUNT; i++) {
            start(i);
        }
        write("rules.yaml", rules(1));
        write("endpoints.yaml", slice(-1));
    }

    private static String address(int endpoint) {
        return "127.0.0." + (11 + endpoint);
    }

    private void start(int endpoint) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Upstream.class.getName(),
                        address(endpoint),
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        running.put(endpoint, process);
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!"ready".equals(lines.readLine())) {
            throw new IOException("an endpoint did not start on " + address(endpoint) + ":" + port);
        }
        alive.add(endpoint);
    }

    /** Begins to change the manifests and to kill endpoints. */
    void unsettle() {
        run("swaps", this::swapForever);
        run("kills", this::killForever);
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private void run(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException | InterruptedException e) {
                        System.err.println(name + " ended: " + e);
                    }
                },
                name);
        thread.start();
        threads.add(thread);
    }

    /** Returns whether it is time to stop. */
    private boolean pause(Duration time) throws InterruptedException {
        return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void swapForever() throws IOException, InterruptedException {
        while (!pause(BETWEEN_SWAPS)) {
            if (random.nextInt(4) > 0) {
                write("rules.yaml", rules(random.nextInt(MOST_RULES)));
            } else {
                write("endpoints.yaml", slice(random.nextInt(2 * COUNT)));
            }
            swaps.incrementAndGet();
        }
    }

    private void killForever() throws IOException, InterruptedException {
        Random victims = new Random(2);
        while (!pause(BETWEEN_KILLS)) {
            int victim = victims.nextInt(COUNT);
            Process process = Objects.requireNonNull(running.get(victim));
            kills.incrementAndGet();
            deaths.add(System.nanoTime());
            process.destroyForcibly().waitFor();
            deaths.add(System.nanoTime());
            if (pause(UNNOTICED)) {
                return;
            }
            alive.remove(victim);
            write("endpoints.yaml", slice(-1));
            start(victim);
            write("endpoints.yaml", slice(-1));
        }
    }

    /** Whether a request that ran at that time may have failed because its endpoint was killed. Times are of nanoTime. */
    boolean killedDuring(long start, long end) {
        Long last = deaths.floor(end);
        return last != null && last >= start - AFTERMATH.toNanos();
    }

    int swaps() {
        return swaps.get();
    }

    int kills() {
        return kills.get();
    }

    private synchronized void write(String name, String text) throws IOException {
        Path complete = Files.writeString(manifests.resolveSibling(name + ".new"), text);
        Files.move(complete, manifests.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The Ingress that is asked, and {@code others} that are not. */
    private static String rules(int others) {
        StringBuilder text = new StringBuilder();
        text.append("apiVersion: v1\nkind: Service\nmetadata: {name: soak}\nspec: {ports: [{port: 80}]}\n");
        text.append(ingress("soak", "", "/"));
        for (int i = 0; i < others; i++) {
            text.append(ingress("other-" + i, "host: h" + i + ".test, ", "/p" + i));
        }
        return text.toString();
    }

    private static String ingress(String name, String host, String path) {
        return "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: " + name
                + ", annotations: {nginx.ingress.kubernetes.io/ssl-redirect: \"false\"}}\nspec: {rules: [{" + host
                + "http: {paths: [{path: " + path
                + ", pathType: Prefix, backend: {service: {name: soak, port: {number: 80}}}}]}}]}\n";
    }

    /** All endpoints that are alive but {@code without}. */
    private String slice(int without) {
        StringBuilder text = new StringBuilder();
        text.append("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n");
        text.append("metadata: {name: soak-1, labels: {kubernetes.io/service-name: soak}}\n");
        text.append("addressType: IPv4\nports: [{port: ").append(port).append("}]\nendpoints:\n");
        for (int endpoint : alive) {
            if (endpoint != without) {
                text.append("- addresses: [").append(address(endpoint)).append("]\n");
            }
        }
        return text.toString();
    }

    /** Stops the changes; the endpoints stay. */
    void settle() throws InterruptedException {
        stopped.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        running.values().forEach(Process::destroyForcibly);
    }
}
