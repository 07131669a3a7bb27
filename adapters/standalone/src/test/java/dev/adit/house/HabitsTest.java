package dev.adit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What no test of ours does. The build also reads the reports for skipped tests; one engine's report may hide another's. */
class HabitsTest {
    private static final Pattern SKIPS = Pattern.compile(
            "@(Disabled|Ignore|Enabled(On|If|For)|Disabled(On|If|For))|Assum(e|ption)s?\\.|\\bassum(e|ing)That");
    private static final Pattern SLEEPS = Pattern.compile("Thread\\.sleep|TimeUnit\\.\\w+\\.sleep");

    @Test
    void noTestCanBeSkipped() {
        assertNoneIn(tests(), SKIPS);
    }

    @Test
    void noTestSleeps() {
        assertNoneIn(tests(), SLEEPS);
    }

    private static void assertNoneIn(List<Path> files, Pattern habit) {
        assertThat(files)
                .hasSizeGreaterThan(50)
                .allSatisfy(f -> assertThat(
                                habit.matcher(Repository.read(f)).results().map(r -> r.group()))
                        .as("in %s", Repository.ROOT.relativize(f))
                        .isEmpty());
    }

    private static List<Path> tests() {
        return Repository.files(".java").stream()
                .filter(f -> f.toString().contains("/src/test/") && !f.endsWith("HabitsTest.java"))
                .toList();
    }
}
