package dev.adit.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code adit serve --demo} in a process of its own, on free ports. */
final class DemoProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final List<String> printed = new ArrayList<>();

    private DemoProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Returns when everything is printed. */
    static DemoProcess start(String... more) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Adit.class.getName(),
                                "serve",
                                "--demo",
                                "--http",
                                "0",
                                "--https",
                                "0"),
                        Arrays.stream(more))
                .toList();
        DemoProcess demo = new DemoProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        for (String line = demo.output.readLine(); line != null; line = demo.output.readLine()) {
            demo.printed.add(line);
            if (line.contains("Ctrl-C")) {
                return demo;
            }
        }
        throw new IOException("ended early: " + demo.printed);
    }

    List<String> printed() {
        return printed;
    }

    /** Command to the first line of its answer, as printed. */
    Map<String, String> lines() {
        Map<String, String> lines = new LinkedHashMap<>();
        for (int i = 0; i + 1 < printed.size(); i++) {
            if (printed.get(i).startsWith("  curl ")) {
                lines.put(printed.get(i).strip(), printed.get(i + 1).replaceFirst("^ *#=> ", ""));
            }
        }
        return lines;
    }

    /** The folder of its manifests. */
    Path folder() {
        return printed.stream()
                .filter(l -> l.startsWith("Its manifests are in "))
                .map(l -> Path.of(l.replaceFirst("Its manifests are in ", "").replaceFirst(": edit.*", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Asks it to end, as Ctrl-C does. Returns its exit code; {@link #printed} then has its last words. */
    int stop() throws IOException, InterruptedException {
        // The process itself would close its output too.
        process.toHandle().destroy();
        output.lines().forEach(printed::add);
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
