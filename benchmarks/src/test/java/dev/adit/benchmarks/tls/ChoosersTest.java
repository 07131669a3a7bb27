package dev.adit.benchmarks.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is timed chooses alike; the benchmark would fail otherwise, but nobody runs it every day. */
class ChoosersTest {
    private static final int QUERIES = 512;

    @ParameterizedTest
    @EnumSource
    void choosesAsTheRulesReadOutLoud(Choosers chooser) {
        for (int certificates : new int[] {10, 300}) {
            ServerNames names = new ServerNames(certificates, QUERIES);
            Chooser built = chooser.checked(names);
            for (int query = 0; query < QUERIES; query++) {
                assertThat(built.number(built.choose(names.asked[query])))
                        .as(names.asked[query])
                        .isEqualTo(names.expected(names.asked[query]));
            }
        }
    }

    @Test
    void namesAreOfEveryKind() {
        ServerNames names = new ServerNames(300, QUERIES);
        assertThat(names.patterns).doesNotHaveDuplicates().anyMatch(pattern -> pattern.startsWith("*."));
        assertThat(Arrays.stream(names.asked).map(names::expected).distinct().count())
                .isGreaterThan(100);
        assertThat(names.asked).anyMatch(name -> names.expected(name) == ServerNames.DEFAULT);
        assertThat(names.asked)
                .anyMatch(name -> !names.patterns.contains(name) && names.expected(name) != ServerNames.DEFAULT);
        assertThat(new ServerNames(300, QUERIES).asked).isEqualTo(names.asked);
    }
}
