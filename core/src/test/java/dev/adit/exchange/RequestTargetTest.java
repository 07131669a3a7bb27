package dev.adit.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.Settings.PathMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    private static String strict(String path) {
        return RequestTarget.normalPath(path, PathMode.STRICT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "/public/./x -> /public/x",
                "/public/../admin/x -> /admin/x",
                "/public/x/.. -> /public/",
                "/public/x/. -> /public/x/",
                "/public/%2e%2E/admin -> /admin",
                "/public/.%2e/admin -> /admin",
                "/public//x -> /public/x",
                "//admin/x -> /admin/x",
                "/admin// -> /admin/",
                "///// -> /",
                "/. -> /",
                "/./ -> /",
                "/a/.. -> /",
                "/a/../ -> /",
                "/a//../b -> /b",
                "/a/b/../../c -> /c",
                "/%61dmin/x -> /admin/x",
                "/%7euser -> /~user",
                "/public/%252e%252e/admin -> /public/%252e%252e/admin",
                "/caf%c3%a9 -> /caf%C3%A9",
                "/a%3ab -> /a%3Ab",
                "/a|b{c} -> /a%7Cb%7Bc%7D",
                "/a[1] -> /a%5B1%5D",
            })
    void strictModeRewrites(String path, String expected) {
        assertThat(strict(path)).isEqualTo(expected);
        assertThat(RequestTarget.normalPath(path, PathMode.REJECT))
                .as("refused where it would have to be changed")
                .isEqualTo(path.equals(expected) ? path : null);
        assertThat(RequestTarget.normalPath(path, PathMode.RAW)).isSameAs(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b.c/..d/...",
                "/.hidden/",
                "/ADMIN",
                "/admin;x=1",
                "/admin/x;y=1",
                "/a%20b/c",
                "/a:b@c!$&'()*+,;=",
                "/caf%C3%A9",
                "/a%3Fb%23",
                "/%E2%82%AC",
                "/%F0%9F%98%80",
                "/.../a",
                "/..a",
                "/a..",
                "/.well-known/acme-challenge/x",
                "/%C3",
                "/%E0",
                "/%F0x"
            })
    void canonicalPathsComeBackAsTheyAre(String path) {
        assertThat(strict(path)).isSameAs(path);
        assertThat(RequestTarget.normalPath(path, PathMode.REJECT)).isSameAs(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x", "*", "/..", "/../admin", "/a/../../b", "/%2e%2e", "/public%2fx", "/public/..%2Fadmin",
                        "/public%5cx",
                "/public\\x", "/public%00", "/a%1f", "/a%7F", "/public%", "/public%2", "/public%zz", "/public%+1",
                        "/a%-1",
                "/public/..;/admin", "/.;x/a", "/a/..;", "/a/..%3b/b", "/public#x", "/a b", "/a\tb", "/a\u007fb",
                        "/caf\u00e9",
                "/\u0660", "/%C0%AE%C0%AE/a", "/%c0%af", "/%E0%80%AF", "/%F0%80%80%AF", "/%\uff11\uff11"
            })
    void illegalOrTwoReadings(String path) {
        assertThat(strict(path)).isNull();
        assertThat(RequestTarget.normalPath(path, PathMode.REJECT)).isNull();
    }

    @Test
    void evenRawModeRefusesWhatCannotStandInARequestLine() {
        for (String path : new String[] {"/a b", "/a\nb", "/a\u007f", "/\u00e9", "/a#b", "x"}) {
            assertThat(RequestTarget.normalPath(path, PathMode.RAW)).isNull();
        }
        assertThat(RequestTarget.normalPath("/%2f/../%zz", PathMode.RAW)).isEqualTo("/%2f/../%zz");
    }

    @Test
    void anEmptyPathIsTheRoot() {
        assertThat(strict("")).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "?a=b", "?y=/../..", "?a[]=1&b={\"c\"}|`^", "?%zz", "?a?b"})
    void queriesAreOnlyChecked(String query) {
        assertThat(RequestTarget.legalQuery("/x" + query, 2)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?a b", "?a#b", "?\r\n", "?\u0000", "?\u007f", "?\u00e9"})
    void illegalQueries(String query) {
        assertThat(RequestTarget.legalQuery("/x" + query, 2)).isFalse();
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> pieces = Arbitraries.of(
                "/", "/", "//", ".", "..", ";", "%2e", "%2E%2e", "%2f", "%5c", "%00", "%41", "%c3%a9", "%C0%AE", "%25",
                "%", "%3b", "a", "b", "Z", "[", "|", "~", " ", "\\", "#", "\u00e9", "c%2", "...");
        return pieces.list().ofMaxSize(12).map(list -> "/" + String.join("", list));
    }

    @Property(tries = 200)
    void neverThrowsAndIsIdempotent(@ForAll("paths") String path) {
        String normal = strict(path);
        if (normal != null) {
            assertThat(strict(normal)).isSameAs(normal);
            assertThat(RequestTarget.normalPath(normal, PathMode.REJECT)).isSameAs(normal);
            assertThat(RequestTarget.canonicalRulePath(normal)).isSameAs(normal);
        }
    }

    @Property(tries = 200)
    void neverThrowsWhateverComes(@ForAll String text) {
        for (PathMode mode : PathMode.values()) {
            RequestTarget.normalPath(text, mode);
        }
        assertThat(RequestTarget.canonicalRulePath(RequestTarget.canonicalRulePath(text)))
                .isEqualTo(RequestTarget.canonicalRulePath(text));
    }

    /** However a backend reads it, decoded or not, with or without parameters, it finds the same segments. */
    @Property(tries = 200)
    void theOutputHasOneReading(@ForAll("paths") String path) {
        String normal = strict(path);
        if (normal == null) {
            return;
        }
        assertThat(normal).startsWith("/").doesNotContain("//");
        String decoded = URLDecoder.decode(normal.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        assertThat(decoded.chars().filter(c -> c == '/').count())
                .isEqualTo(normal.chars().filter(c -> c == '/').count());
        assertThat(decoded).doesNotContain("\\").doesNotContain("\u0000");
        assertThat(Arrays.stream(decoded.split("/")).map(segment -> segment.replaceAll(";.*", "")))
                .doesNotContain(".", "..");
        assertThat(normal).matches("(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "/a b -> /a%20b",
                "/caf\u00e9 -> /caf%C3%A9",
                "/caf%c3%a9 -> /caf%C3%A9",
                "/%7Euser -> /~user",
                "/a[1] -> /a%5B1%5D",
                "/100% -> /100%25",
                "/\ud83d\ude00 -> /%F0%9F%98%80",
                "/a?b#c -> /a%3Fb%23c",
                "/a/../b -> /a/../b",
                "/a//b/ -> /a//b/",
            })
    void rulePathsAreSpelledLikeRequests(String path, String expected) {
        assertThat(RequestTarget.canonicalRulePath(path)).isEqualTo(expected);
    }

    @Test
    void canonicalRulePathsComeBackAsTheyAre() {
        String path = "/shop/v1/a%20b/";
        assertThat(RequestTarget.canonicalRulePath(path)).isSameAs(path);
        assertThat(RequestTarget.canonicalRulePath("")).isEmpty();
    }
}
