package dev.adit.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the README shows is what is tested. Above each of its blocks stands where it comes from: {@code <!-- region:
 * Type#name -->} is what stands between {@code // tag::name} and {@code // end::name} in a source file; {@code <!-- file:
 * path -->} is a whole file, or the examples of a session that a test runs; {@code <!-- drawing -->} and {@code <!--
 * commands -->} are only here.
 */
class ReadmeTest {
    private static final Path README = Path.of("README.md");

    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- ([^>]*) -->\\n)?```\\w*\\n(.*?)\\n```", Pattern.DOTALL);

    private static final Pattern LINK = Pattern.compile("\\]\\((?!http|#)([^)#]+)[^)]*\\)");

    private record Block(String origin, String text) {}

    static Stream<Block> blocks() {
        return BLOCK.matcher(Repository.read(README))
                .results()
                .map(m -> new Block(m.group(1) == null ? "" : m.group(1), m.group(2)));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyBlockIsWhatItComesFrom(Block block) {
        String[] words = block.origin.split(" ");
        switch (words[0]) {
            case "region:" -> assertThat(block.text).isEqualTo(region(words[1]));
            case "file:" ->
                assertThat(block.text)
                        .isEqualTo(Repository.read(Path.of(words[1])).stripTrailing());
            case "drawing", "commands" -> assertThat(words).hasSize(1);
            default -> fail("say where this block comes from, as the comment of this test explains:\n" + block.text);
        }
    }

    @Test
    void testCommandIsThatOfTheContinuousBuild() {
        String ci = Repository.read(Path.of(".ci/run"));
        assertThat(commands()).contains("mvn -B verify");
        assertThat(ci.lines()).contains("mvn -B verify");
    }

    @Test
    void runCommandBuildsAndStartsTheDemo() {
        assertThat(commands())
                .contains("mvn -q -DskipTests package && java -jar adapters/standalone/target/adit.jar serve --demo");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) {
        List<String> broken = new ArrayList<>();
        Matcher link = LINK.matcher(Repository.read(page));
        while (link.find()) {
            if (!Files.exists(Repository.ROOT.resolve(link.group(1)))) {
                broken.add(link.group(1));
            }
        }
        assertThat(broken).isEmpty();
    }

    static Stream<Path> pages() {
        return Stream.of(README, Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md"));
    }

    private static List<String> commands() {
        return blocks().filter(b -> b.origin.equals("commands"))
                .flatMap(b -> b.text.lines())
                .toList();
    }

    /** The lines of a region, moved to the left margin. */
    private static String region(String name) {
        String type = name.substring(0, name.indexOf('#'));
        String tag = name.substring(name.indexOf('#') + 1);
        Path source = Repository.files("/" + type + ".java").stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such type: " + type));
        List<String> lines = Repository.read(source).lines().toList();
        int start = indexOf(lines, "// tag::" + tag);
        int end = indexOf(lines, "// end::" + tag);
        return String.join("\n", lines.subList(start + 1, end)).stripIndent();
    }

    private static int indexOf(List<String> lines, String marker) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(marker)) {
                return i;
            }
        }
        throw new AssertionError("no line " + marker);
    }
}
