package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadmeTest {
    /** The examples that readers copy are code that runs. */
    @ParameterizedTest
    @CsvSource({"## What it decides, RouteMatcherTest, readme", "## Tried by, PatternIndexTest, patterns"})
    void theExampleBeforeAHeadingIsARegionOfATest(String heading, String testClass, String region) throws IOException {
        String readme = between(Files.readString(Path.of("README.md")), "# Adit Matcher", heading);
        String test = Files.readString(Path.of("src/test/java/dev/adit/matcher/" + testClass + ".java"));
        String code = between(test, "// region " + region + "\n", "// endregion");
        assertThat(between(readme.substring(readme.lastIndexOf("```java\n")), "```java\n", "```")
                        .stripTrailing())
                .isEqualTo(code.stripIndent().stripTrailing());
    }

    private static String between(String text, String start, String end) {
        assertThat(text).contains(start);
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
