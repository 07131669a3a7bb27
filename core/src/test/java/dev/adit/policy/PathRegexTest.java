package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathRegexTest {
    @Test
    void pathsAreAnchoredAtTheStartOnlyAndHaveNoCase() {
        PathRegex regex = PathRegex.path("/id/[0-9]+");
        assertThat(regex.matches("/id/12x")).isTrue();
        assertThat(regex.matches("/ID/1")).isTrue();
        assertThat(regex.matches("/x/id/1")).isFalse();
    }

    @Test
    void headerPatternsAreFoundAnywhereWithCase() {
        assertThat(PathRegex.anywhere("v[0-9]").matches("is v2 ok")).isTrue();
        assertThat(PathRegex.anywhere("v[0-9]").matches("V2")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/foo(/|$)(.*), /$2, /foo/bar/x, /bar/x",
        "/foo(/|$)(.*), /$2, /foo, /",
        "/a/(.+), $1, /a/b, /b",
        "/a/(.+), /n/$1/$2/$9, /a/b, /n/b//",
        "/a/(.+), /$x$, /a/b, /$x$",
        "/(a)?(b), /$1-$2, /b, /-b"
    })
    void groupsFillTheTarget(String regex, String target, String path, String expected) {
        assertThat(new Rewrite(target, PathRegex.path(regex)).apply(path)).isEqualTo(expected);
    }

    @Test
    void withoutAPatternEveryGroupIsEmpty() {
        assertThat(new Rewrite("/x/$1", null).apply("/a")).isEqualTo("/x/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "(?=x)", "(a)\\1", "[z-a]", "a{99999}"})
    void whatRe2CannotDoIsRefusedWithAReason(String regex) {
        assertThatThrownBy(() -> PathRegex.path(regex))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank();
    }

    @Test
    void longExpressionsAreRefused() {
        assertThatThrownBy(() -> PathRegex.path("a".repeat(1001))).hasMessageContaining("1000");
    }

    @ParameterizedTest
    @CsvSource({
        "/foo(/|$)(.*), true",
        "/(.*)/(.*)/(.*)/(.*), true",
        "/(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s)/(.*)x, true",
        "/api/(users|groups|orders|carts)/([^/]+)/(.*), true",
        "/((a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a)|(a))*x, false",
        "/(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x, false"
    })
    void groupsAreFilledWhereFewWaysGoOnAtOnce(String regex, boolean filled) {
        assertThat(PathRegex.path(regex).fillsGroups()).isEqualTo(filled);
    }
}
