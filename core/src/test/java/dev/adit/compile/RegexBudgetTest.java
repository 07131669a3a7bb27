package dev.adit.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.PathRegex;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegexBudgetTest {
    private static final int MOST = 10;

    record Wish(String prefix, int steps) {}

    @Property(tries = 200)
    void takesWhatKeepsEveryPathWithinTheLimit(@ForAll("wishes") List<Wish> wishes) {
        RegexBudget.Chains budget = new RegexBudget.Chains(MOST);
        List<Wish> taken = new ArrayList<>();
        for (Wish wish : wishes) {
            taken.add(wish);
            boolean fits = taken.stream().allMatch(other -> weight(taken, other.prefix) <= MOST);
            if (!fits) {
                taken.remove(taken.size() - 1);
            }
            assertThat(budget.takes(wish.prefix, wish.steps))
                    .as("%s with %s", wish, taken)
                    .isEqualTo(fits);
        }
    }

    /** What a path costs that begins with {@code prefix}. */
    private static int weight(List<Wish> taken, String prefix) {
        return taken.stream()
                .filter(wish -> prefix.startsWith(wish.prefix))
                .mapToInt(Wish::steps)
                .sum();
    }

    @Provide
    Arbitrary<List<Wish>> wishes() {
        return Combinators.combine(
                        Arbitraries.strings().withChars("ab").ofMaxLength(4),
                        Arbitraries.integers().between(0, 6))
                .as(Wish::new)
                .list()
                .ofMaxSize(30);
    }

    @ParameterizedTest
    @CsvSource({
        "'/[^/]+/orders', 24",
        "'/shop/.*x', 24",
        "'/shop/[0-9]{999}x', 65",
        "'/shop(/|$)(.*)', 10000",
        "'/shop', 10000"
    })
    void hundredsFitOnAHostIfTheyNeedNotLookAtAllOfAPath(String regex, int fit) {
        RegexBudget budget = new RegexBudget(8192);
        PathRegex compiled = PathRegex.path(regex);
        for (int i = 0; i < fit; i++) {
            assertThat(budget.takes(compiled)).isTrue();
        }
        assertThat(budget.takes(compiled)).isEqualTo(fit == 10_000);
    }

    @Test
    void thoseThatLookAtAllOfAPathLeaveRoomForTheOthers() {
        RegexBudget budget = new RegexBudget(8192);
        PathRegex endless = PathRegex.path("/.*x");
        while (budget.takes(endless)) {
            assertThat(budget.takes(PathRegex.path("/[0-9]/x"))).isTrue();
        }
        assertThat(budget.takes(PathRegex.path("/shop/[0-9]{8}/cart"))).isTrue();
    }
}
