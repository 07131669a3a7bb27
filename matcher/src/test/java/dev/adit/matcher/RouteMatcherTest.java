package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.adit.matcher.MatchTrace.Candidate;
import dev.adit.matcher.MatchTrace.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteMatcherTest {
    private static final String HOST = "shop.example";

    private final List<String> asked = new ArrayList<>();

    @Test
    void theExampleOfTheReadme() {
        // region readme
        RouteMatcher<String> routes = RouteMatcher.<String>builder()
                .add("shop.example", PathKind.PREFIX, "/", "storefront")
                .add("shop.example", PathKind.PREFIX, "/cart", "cart")
                .add("shop.example", PathKind.EXACT, "/cart/total", "prices")
                .add("*.shop.example", PathKind.PREFIX, "/cart", "regional-cart")
                .fallback("*.shop.example", "not-sold-here")
                .build();

        assertThat(routes.find("shop.example", "/cart/items/7")).isEqualTo("cart");
        assertThat(routes.find("shop.example", "/cart/total")).isEqualTo("prices");
        assertThat(routes.find("shop.example", "/cartoon")).isEqualTo("storefront");
        assertThat(routes.find("eu.shop.example", "/cart")).isEqualTo("regional-cart");
        assertThat(routes.find("eu.shop.example", "/about")).isEqualTo("not-sold-here");
        assertThat(routes.find("elsewhere.example", "/cart")).isNull();

        // One host changes. All others share their structure with the old matcher, which still answers as before.
        RouteMatcher<String> changed = routes.toBuilder()
                .removeHost("*.shop.example")
                .add("eu.shop.example", PathKind.PREFIX, "/", "eu")
                .build();
        assertThat(changed.find("eu.shop.example", "/cart")).isEqualTo("eu");
        // endregion
        assertThat(routes.find("eu.shop.example", "/cart")).isEqualTo("regional-cart");
    }

    @Test
    void aClaimedHostFallsNowhere() {
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add("", PathKind.PREFIX, "/", "anyone")
                .fallback("", "lost")
                .add("*.example", PathKind.PREFIX, "/", "wildcard")
                .add("a.example", PathKind.PREFIX, "/only", "a")
                .claim("b.example")
                .build();
        assertThat(matcher.find("a.example", "/only")).isEqualTo("a");
        assertThat(matcher.find("a.example", "/other")).isNull();
        assertThat(matcher.find("b.example", "/only")).isNull();
        assertThat(matcher.find("c.example", "/only")).isEqualTo("wildcard");
        assertThat(matcher.find("c.c.example", "/only")).isEqualTo("anyone");
        assertThat(matcher.explain("b.example", "/only"))
                .isEqualTo(new MatchTrace<>("b.example", List.of(), null, false));
    }

    @Test
    void theFallbackAnswersWhereNoRuleMatches() {
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add(HOST, PathKind.EXACT, "/a", "a")
                .fallback(HOST, "first")
                .fallback(HOST, "second")
                .build();
        assertThat(matcher.find(HOST, "/a")).isEqualTo("a");
        assertThat(matcher.find(HOST, "/b")).isEqualTo("second");
        assertThat(matcher.explain(HOST, "/a/"))
                .isEqualTo(new MatchTrace<>(
                        HOST, List.of(new Candidate<>(PathKind.EXACT, "/a", "a", Verdict.NO_MATCH)), "second", true));
    }

    @Test
    void regexesAreAskedLongestFirstAndOnlyIfLongerThanThePrefix() {
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add(HOST, "/[a-z]+", asking("/[a-z]+", true), "seven")
                .add(HOST, "/[a-z]+/[0-9]+", asking("/[a-z]+/[0-9]+", false), "fourteen")
                .add(HOST, "/.*", asking("/.*", true), "three")
                .add(HOST, PathKind.PREFIX, "/shop", "prefix of five")
                .add(HOST, PathKind.PREFIX, "/prefix", "prefix of seven")
                .add(HOST, PathKind.EXACT, "/exact", "exact")
                .build();
        assertThat(matcher.find(HOST, "/shop/1")).isEqualTo("seven");
        assertThat(asked).containsExactly("/[a-z]+/[0-9]+", "/[a-z]+");
        asked.clear();
        assertThat(matcher.find(HOST, "/prefix")).as("equal length").isEqualTo("prefix of seven");
        assertThat(asked).containsExactly("/[a-z]+/[0-9]+");
        asked.clear();
        assertThat(matcher.find(HOST, "/exact")).isEqualTo("exact");
        assertThat(asked).isEmpty();
    }

    private PathPattern asking(String text, boolean answer) {
        return path -> {
            asked.add(text);
            return answer;
        };
    }

    @Test
    void explainListsWhatTheWalkLooksAtInItsOrder() {
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add(HOST, PathKind.PREFIX, "/", "root")
                .add(HOST, PathKind.PREFIX, "/shop", "shop")
                .add(HOST, PathKind.PREFIX, "/shop/", "shop with slash")
                .add(HOST, PathKind.EXACT, "/shop/cart", "cart")
                .add(HOST, PathKind.PREFIX, "/help", "never met")
                .add(HOST, "/shop/[^/]+/", path -> false, "long regex")
                .add(HOST, "/.*", path -> true, "shorter than a prefix that matches")
                .build();
        assertThat(matcher.explain(HOST, "/shop/cart/1"))
                .isEqualTo(new MatchTrace<>(
                        HOST,
                        List.of(
                                new Candidate<>(PathKind.PREFIX, "/", "root", Verdict.OUTRANKED),
                                new Candidate<>(PathKind.PREFIX, "/shop/", "shop with slash", Verdict.WON),
                                new Candidate<>(PathKind.PREFIX, "/shop", "shop", Verdict.OUTRANKED),
                                new Candidate<>(PathKind.EXACT, "/shop/cart", "cart", Verdict.NO_MATCH),
                                new Candidate<>(PathKind.REGEX, "/shop/[^/]+/", "long regex", Verdict.NO_MATCH)),
                        "shop with slash",
                        false));
        assertThat(matcher.explain("other.example", "/")).isEqualTo(new MatchTrace<>(null, List.of(), null, false));
    }

    @Test
    void aSecondRuleOfOneKindAndPathIsRefusedWhereverTheFirstIs() {
        RouteMatcher.Builder<String> builder = RouteMatcher.<String>builder()
                .add(HOST, PathKind.PREFIX, "/a", "1")
                .add(HOST, PathKind.EXACT, "/a", "2")
                .add(HOST, "/a", path -> true, "3")
                .add("other.example", PathKind.PREFIX, "/a", "4")
                .add(HOST, PathKind.PREFIX, "/a/", "5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(HOST, PathKind.PREFIX, "/a", "again"))
                .withMessage("host \"shop.example\" has a second PREFIX rule for /a");
        RouteMatcher<String> matcher = builder.build();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(HOST, PathKind.EXACT, "/a", "again"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> matcher.toBuilder().add(HOST, "/a", path -> true, "again"))
                .withMessageContaining("REGEX");
        assertThat(builder.add(HOST, PathKind.PREFIX, "/a/b", "6").build().find(HOST, "/a/b/c"))
                .as("a builder goes on after build and after a refusal")
                .isEqualTo("6");
    }

    @Test
    void aRefusedRuleDoesNotClaimItsHost() {
        RouteMatcher.Builder<String> builder = RouteMatcher.<String>builder().add("", PathKind.PREFIX, "/", "anyone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(HOST, PathKind.PREFIX, "/x".repeat(257), "deep"))
                .withMessage("a path of 257 elements; at most 256 are allowed");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add(HOST, PathKind.REGEX, "/", "no pattern"));
        assertThatNullPointerException().isThrownBy(() -> builder.fallback(HOST, null));
        assertThat(builder.build().find(HOST, "/")).isEqualTo("anyone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*.", "*.*.x", "f*.x", "x.*.y", "Shop.example", "shop.example.", ".example", "a..b"})
    void whatIsNoHostPatternIsRefused(String host) {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(host, PathKind.PREFIX, "/", "x"))
                .withMessageContaining(host);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.fallback(host, "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.claim(host));
    }

    @Test
    void thePathMayBeAsDeepAsTheLimit() {
        String deepest = "/x".repeat(RouteMatcher.MAX_ELEMENTS);
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add(HOST, PathKind.PREFIX, "/x", "top")
                .add(HOST, PathKind.PREFIX, deepest, "deepest")
                .build();
        assertThat(matcher.find(HOST, deepest + "/y")).isEqualTo("deepest");
        assertThat(matcher.find(HOST, deepest.substring(2))).isEqualTo("top");
        assertThat(matcher.find(HOST, "/x".repeat(4_000))).isEqualTo("deepest");
    }

    @Test
    void removingAHostRemovesAllOfIt() {
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add("", PathKind.PREFIX, "/", "anyone")
                .add(HOST, PathKind.PREFIX, "/a", "a")
                .fallback(HOST, "fallback")
                .build();
        RouteMatcher<String> removed = matcher.toBuilder()
                .removeHost(HOST)
                .removeHost("unknown.example")
                .build();
        assertThat(removed.find(HOST, "/a")).isEqualTo("anyone");
        RouteMatcher<String> replaced = matcher.toBuilder()
                .add(HOST, PathKind.PREFIX, "/b", "goes too")
                .removeHost(HOST)
                .add(HOST, PathKind.PREFIX, "/a", "new")
                .build();
        assertThat(replaced.find(HOST, "/a")).isEqualTo("new");
        assertThat(replaced.find(HOST, "/b")).isNull();
        assertThat(matcher.find(HOST, "/a")).isEqualTo("a");
    }

    @Test
    void hostsThatAreNotTouchedShareTheirStructure() {
        RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                .add("a.example", PathKind.PREFIX, "/", "a")
                .add("b.example", PathKind.PREFIX, "/", "b")
                .build();
        RouteMatcher<String> edited =
                matcher.toBuilder().add("b.example", PathKind.PREFIX, "/x", "x").build();
        assertThat(edited.group("a.example")).isSameAs(matcher.group("a.example"));
        assertThat(edited.group("b.example")).isNotSameAs(matcher.group("b.example"));
    }

    @Test
    void oneHostCanHoldAHundredThousandRules() {
        RouteMatcher.Builder<Integer> builder = RouteMatcher.builder();
        for (int i = 0; i < 100_000; i++) {
            builder.add(HOST, i % 3 == 0 ? PathKind.EXACT : PathKind.PREFIX, path(i), i);
        }
        RouteMatcher<Integer> matcher = builder.build();
        for (int i = 0; i < 100_000; i++) {
            assertThat(matcher.find(HOST, path(i))).isEqualTo(i);
        }
    }

    private static String path(int i) {
        return "/area" + i % 7 + "/topic" + i % 1_000 + "/item" + i;
    }

    /** Paths are read in words of 8 bytes and blocks of 64. */
    @Test
    void pathsOfEveryLengthAreFound() {
        for (int length = 2; length < 200; length++) {
            String longer = "/" + "x".repeat(length - 1);
            RouteMatcher<String> matcher = RouteMatcher.<String>builder()
                    .add("", PathKind.PREFIX, "/", "root")
                    .add("", PathKind.PREFIX, longer, "longer")
                    .build();
            assertThat(matcher.find("", longer)).isEqualTo("longer");
            assertThat(matcher.find("", longer + "/below")).isEqualTo("longer");
            assertThat(matcher.find("", longer + "x")).isEqualTo("root");
            assertThat(matcher.find("", longer.substring(1))).isEqualTo("longer");
            assertThat(matcher.find("", "/" + longer)).isEqualTo("longer");
            assertThat(matcher.find("", longer.substring(0, length - 1))).isEqualTo("root");
        }
    }
}
