package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo's lines, pasted into a shell. */
@Tag("peers")
class DemoPeersTest {
    @Test
    void everyPrintedLineAnswersAsPrinted() throws Exception {
        try (DemoProcess demo = DemoProcess.start()) {
            assertThat(demo.lines()).hasSize(10);
            for (Map.Entry<String, String> line : demo.lines().entrySet()) {
                assertThat(sh(line.getKey())).as(line.getKey()).first().isEqualTo(line.getValue());
            }
            assertThat(demo.stop()).isZero();
        }
    }

    private static List<String> sh(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .start();
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor()).as(command).isZero();
        return lines;
    }
}
