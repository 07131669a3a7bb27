package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Reads every file of the folder {@code manifest/golden} both ways and compares what was made of it with the text beside
 * it. {@code -Dgolden.update=true} writes those texts anew: read the difference before you keep it.
 */
class GoldenTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("basedir", "."), "src", "test", "resources", "manifest", "golden");

    @TestFactory
    List<DynamicTest> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<DynamicTest> tests = files.filter(file -> !file.toString().endsWith(".txt"))
                    .sorted()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
                    .toList();
            assertThat(tests).isNotEmpty();
            return tests;
        }
    }

    private static void check(Path file) throws IOException {
        String name = file.getFileName().toString();
        byte[] content = Files.readAllBytes(file);
        String text = "strict\n" + report(ManifestReader.strict().read(name, content)) + "\nlenient\n"
                + report(ManifestReader.lenient().read(name, content));
        Path expected = file.resolveSibling(name + ".txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(expected, text);
        }
        assertThat(text).isEqualTo(Files.readString(expected));
    }

    private static String report(Manifests manifests) {
        StringBuilder text = new StringBuilder();
        manifests.resources().forEach(r -> text.append("  ").append(r.key()).append('\n'));
        manifests.diagnostics().forEach(d -> text.append(report(d)));
        return text.toString();
    }

    private static String report(Diagnostic d) {
        return "  " + d.position() + " " + d.severity() + " " + d.code().text() + " [" + d.object() + "] " + d.field()
                + "\n    " + d.message() + " (" + d.effect().text() + ")\n"
                + (d.suggestion().isEmpty() ? "" : "    -> " + d.suggestion() + "\n");
    }
}
