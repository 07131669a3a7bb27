package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    /** The example that readers copy is code that runs. */
    @Test
    void theExampleIsARegionOfATest() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String test = Files.readString(Path.of("src/test/java/dev/adit/matcher/RouteMatcherTest.java"));
        String region = between(test, "// region readme\n", "// endregion")
                .stripIndent()
                .stripTrailing();
        assertThat(between(readme, "```java\n", "```").stripTrailing()).isEqualTo(region);
    }

    private static String between(String text, String start, String end) {
        assertThat(text).contains(start);
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
