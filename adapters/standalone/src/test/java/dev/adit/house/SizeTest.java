package dev.adit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A file that one can read at a sitting, and methods that one can see at once. */
class SizeTest {
    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 60;

    /** The formatter ends a member at an indentation of four, or eight inside a nested type. */
    private static final Pattern END = Pattern.compile("^( {4}| {8})}$");

    private static final Pattern TYPE = Pattern.compile("\\b(class|interface|enum|record) \\w+");

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
            for (int end = 0; end < lines.size(); end++) {
                assertThat(methodLength(lines, end))
                        .as("lines of the method that ends at %s:%d", Repository.ROOT.relativize(p), end + 1)
                        .isLessThanOrEqualTo(MAX_METHOD_LINES);
            }
        });
    }

    /** Lines of the method, or block in one, that ends in line {@code end}, or 0 if none does. */
    private static int methodLength(List<String> lines, int end) {
        if (!END.matcher(lines.get(end)).matches()) {
            return 0;
        }
        int indentation = indentation(lines.get(end));
        int start = end - 1;
        while (indentation(lines.get(start)) > indentation) {
            start--;
        }
        return TYPE.matcher(lines.get(start)).find() ? 0 : end - start + 1;
    }

    private static int indentation(String line) {
        return line.isBlank()
                ? Integer.MAX_VALUE
                : line.length() - line.stripLeading().length();
    }
}
