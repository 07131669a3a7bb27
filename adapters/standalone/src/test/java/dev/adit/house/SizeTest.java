package dev.adit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A file that one can read at a sitting, and methods that one can see at once. */
class SizeTest {
    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 60;

    /** The formatter puts every member at an indentation of four, or eight inside a nested type. */
    private static final Pattern METHOD_START = Pattern.compile("^( {4}| {8})(?![ @*/}]).*\\{$");

    private static final Pattern TYPE = Pattern.compile("\\b(class|interface|enum|record|@interface)\\s+\\w+.*\\{$");

    @Test
    void noFileIsTooLong() {
        assertThat(Repository.files(".java"))
                .isNotEmpty()
                .allSatisfy(p -> assertThat(Repository.read(p).lines().count())
                        .as("lines of %s", Repository.ROOT.relativize(p))
                        .isLessThanOrEqualTo(MAX_FILE_LINES));
    }

    @Test
    void noMethodIsTooLong() {
        assertThat(Repository.files(".java")).isNotEmpty().allSatisfy(p -> {
            List<String> lines = Repository.read(p).lines().toList();
            for (int start = 0; start < lines.size(); start++) {
                assertThat(methodLength(lines, start))
                        .as("lines of the method at %s:%d", Repository.ROOT.relativize(p), start + 1)
                        .isLessThanOrEqualTo(MAX_METHOD_LINES);
            }
        });
    }

    /** Lines of the method whose header ends in line {@code start}, or 0 if none does. */
    private static int methodLength(List<String> lines, int start) {
        String header = lines.get(start);
        if (!METHOD_START.matcher(header).matches() || TYPE.matcher(header).find()) {
            return 0;
        }
        String end = " ".repeat(header.length() - header.stripLeading().length()) + "}";
        int length = 1;
        for (int i = start + 1; i < lines.size() && !lines.get(i).startsWith(end); i++) {
            length++;
        }
        return length + 1;
    }
}
