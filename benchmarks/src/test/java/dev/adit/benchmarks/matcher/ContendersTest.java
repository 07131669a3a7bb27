package dev.adit.benchmarks.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is timed answers alike; the matcher's benchmark would fail otherwise, but nobody runs it every day. */
class ContendersTest {
    private static final int REQUESTS = 512;

    static Stream<Arguments> contendersAndShapes() {
        return Arrays.stream(Contenders.values())
                .flatMap(contender -> Arrays.stream(Shape.values()).map(shape -> Arguments.of(contender, shape)));
    }

    @ParameterizedTest
    @MethodSource("contendersAndShapes")
    void answersAsTheRulesReadOutLoud(Contenders contender, Shape shape) {
        for (int rules : new int[] {10, 300}) {
            Table table = new Table(shape, rules, REQUESTS);
            Contender built = contender.checked(table, (host, path) -> table.oracle(new Query(host, path)));
            for (Query query : table.queries) {
                assertThat(built.find(query.host(), query.path()))
                        .as("%s %s", rules, query)
                        .isEqualTo(table.oracle(query));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tablesAreEqualForEqualArguments(Shape shape) {
        Table table = new Table(shape, 300, REQUESTS);
        assertThat(new Table(shape, 300, REQUESTS).rules).isEqualTo(table.rules).hasSize(300);
        assertThat(new Table(shape, 300, REQUESTS).queries).isEqualTo(table.queries);
        assertThat(table.queries).anyMatch(query -> table.oracle(query) == Contender.NOTHING);
        assertThat(table.queries).anyMatch(query -> table.oracle(query) != Contender.NOTHING);
    }
}
