package dev.adit.benchmarks.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/** {@code adit serve} as a process, and what it holds at a moment. Linux only: reads {@code /proc}, and asks by {@code jcmd}. */
final class GatewayProcess implements AutoCloseable {
    private static final java.util.regex.Pattern LISTENING =
            java.util.regex.Pattern.compile("listening: http (\\d+), https (\\d+)");
    private static final int MOST_KEPT = 50;

    /**
     * What the process holds.
     *
     * @param heap bytes of live objects, after a full collection
     * @param direct bytes outside the heap that somebody asked for: direct buffers of every kind
     * @param resident bytes
     */
    record Sample(long heap, long direct, long resident, int descriptors, int threads) {
        @Override
        public String toString() {
            return String.format(
                    "heap %5.1f MiB, direct %5.1f MiB, resident %4d MiB, descriptors %4d, threads %3d",
                    heap / 1048576.0, direct / 1048576.0, resident >> 20, descriptors, threads);
        }
    }

    private final Process process;
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<int[]> ports = new CompletableFuture<>();

    GatewayProcess(Path jar, String transport, Path manifests, List<String> javaOptions) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java("java"));
        command.add("-XX:NativeMemoryTracking=summary");
        command.add("-Dio.netty.leakDetection.level=paranoid");
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", jar.toString(), "serve", "--transport", transport, "--bind", "127.0.0.1"));
        command.addAll(List.of("--http", "0", "--https", "0", "-f", manifests.toString()));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // Whatever ends the soak ends the gateway.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Thread reader = new Thread(this::read, "gateway output");
        reader.setDaemon(true);
        reader.start();
    }

    private static String java(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    ports.complete(new int[] {Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))});
                }
                boolean complaint = line.contains("ERROR") || line.contains("LEAK") || line.contains("Exception");
                if (complaint && complaints.size() < MOST_KEPT) {
                    complaints.add(line);
                }
            }
        } catch (IOException e) {
            // It is stopped: what it had to say was read.
            ports.completeExceptionally(e);
        }
        ports.completeExceptionally(new IOException("the gateway ended"));
    }

    /** The ports for HTTP and HTTPS, once it listens. */
    int[] ports() throws IOException, InterruptedException {
        try {
            return ports.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the gateway does not listen", e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Lines that speak of leaks, errors or exceptions. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    Sample sample() throws IOException, InterruptedException {
        long heap = 0;
        for (String line : ask("GC.class_histogram")) {
            if (line.startsWith("Total")) {
                heap = Long.parseLong(line.strip().split("\\s+")[2]);
            }
        }
        long direct = 0;
        for (String line : ask("VM.native_memory", "summary", "scale=KB")) {
            if (line.contains(" Other (")) {
                direct = number(line, "committed=(\\d+)KB") << 10;
            }
        }
        String status = Files.readString(proc("status"));
        try (Stream<Path> descriptors = Files.list(proc("fd"))) {
            return new Sample(heap, direct, number(status, "VmRSS:\\s+(\\d+)") << 10, (int) descriptors.count(), (int)
                    number(status, "Threads:\\s+(\\d+)"));
        }
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    private static long number(String text, String regex) {
        Matcher matcher = java.util.regex.Pattern.compile(regex).matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private List<String> ask(String... question) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java("jcmd"), Long.toString(process.pid())));
        command.addAll(List.of(question));
        Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + question[0] + " failed: " + answer);
        }
        return answer;
    }

    /** Stops it as an operator would; returns whether it ended by itself. */
    boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
