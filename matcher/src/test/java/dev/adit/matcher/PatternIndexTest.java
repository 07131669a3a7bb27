package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternIndexTest {
    private static final String HOST = "shop.example";

    /** The texts of the patterns that were asked, in order. */
    private final List<String> asked = new ArrayList<>();

    /** A pattern that accepts what begins with its prefix in any case, then ends with {@code end}. */
    private PathPattern pattern(String prefix, String end) {
        return new PathPattern() {
            @Override
            public boolean matches(String path) {
                asked.add(prefix + ".*" + end);
                return path.regionMatches(true, 0, prefix, 0, prefix.length()) && path.endsWith(end);
            }

            @Override
            public String prefix() {
                return prefix;
            }
        };
    }

    private void add(RouteMatcher.Builder<String> builder, String prefix, String end) {
        builder.add(HOST, prefix + ".*" + end, pattern(prefix, end), prefix + ".*" + end);
    }

    @Test
    void theExampleOfTheReadme() {
        // region patterns
        PathPattern orders = new PathPattern() {
            private final Pattern regex = Pattern.compile("/shop/[0-9]+/orders"); // whichever engine you like

            @Override
            public boolean matches(String path) {
                return regex.matcher(path).lookingAt();
            }

            @Override
            public String prefix() {
                return "/shop/"; // every path that matches begins with it, whatever the case of its ASCII letters
            }
        };
        RouteMatcher<String> shop = RouteMatcher.<String>builder()
                .add("shop.example", "/shop/[0-9]+/orders", orders, "orders")
                .add("shop.example", PathKind.PREFIX, "/shop", "shop")
                .build();
        assertThat(shop.find("shop.example", "/shop/12/orders")).isEqualTo("orders");
        assertThat(shop.find("shop.example", "/shop/twelve")).isEqualTo("shop");
        // endregion
    }

    @ParameterizedTest
    @CsvSource({
        "/team7/orders, /team7.*orders, 1",
        "/Team7/Orders, , 2",
        "/TEAM7/orders, /team7.*orders, 1",
        "/team499, , 4",
        "/teams/z, /tea.*z, 1",
        "/tea/x, , 1",
        "/te, , 0",
        "'', , 0",
        "/zebra/orders, , 0"
    })
    void hundredsOfPatternsCostNothingWhereTheirPrefixesDiffer(String path, String answer, int askedAtMost) {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        for (int i = 0; i < 500; i++) {
            add(builder, "/team" + i, "orders");
        }
        add(builder, "/tea", "z");
        RouteMatcher<String> matcher = builder.build();
        assertThat(matcher.find(HOST, path)).isEqualTo(answer);
        assertThat(asked).as("patterns asked").hasSizeLessThanOrEqualTo(askedAtMost);
    }

    @Test
    void whatIsShorterThanOneThatAcceptedIsNotAskedAnyMore() {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        add(builder, "/a", "long-enough-to-go-first");
        add(builder, "/a", "x");
        add(builder, "/a/b", "x");
        RouteMatcher<String> matcher = builder.build();
        assertThat(matcher.find(HOST, "/a/b/x")).isEqualTo("/a/b.*x");
        assertThat(asked).containsExactly("/a/b.*x", "/a.*long-enough-to-go-first");
    }

    @Test
    void aShorterPrefixWithALongerTextGoesFirst() {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        add(builder, "", "/and/a/long/end");
        add(builder, "/shop", "end");
        RouteMatcher<String> matcher = builder.build();
        assertThat(matcher.find(HOST, "/shop/and/a/long/end")).isEqualTo(".*/and/a/long/end");
        assertThat(matcher.find(HOST, "/shop/end")).isEqualTo("/shop.*end");
    }

    @Test
    void rulesOfAChangedHostKeepTheirPatterns() {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        add(builder, "/a", "x");
        add(builder, "/b", "x");
        RouteMatcher<String> changed = builder.build().toBuilder()
                .add(HOST, PathKind.PREFIX, "/b", "prefix")
                .build();
        assertThat(changed.find(HOST, "/a/x")).isEqualTo("/a.*x");
        assertThat(changed.find(HOST, "/b/x")).isEqualTo("/b.*x");
        assertThat(changed.find(HOST, "/b/y")).isEqualTo("prefix");
    }

    @Test
    void aPatternWithoutAPrefixTextIsRefused() {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        assertThatNullPointerException().isThrownBy(() -> builder.add(HOST, "/a", pattern(null, ""), "a"));
        assertThat(builder.build().find(HOST, "/a")).isNull();
    }
}
