package dev.adit.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RE2/J is what the automaton is compared with. */
class RegexAutomatonTest {
    /** What an expression of RE2 can hold, whole: one of each. */
    static List<String> syntax() {
        return List.of("""
                /a  /A  a|  |a  ()  (|a)b  (?:a|b)c  (?P<n>a)b  (?<n>a)b  a*  a+  a?  a??  a*?b  a{2}  a{2,}  a{1,2}  a{0}b
                a{,2}  a{  a{x}  {  a{2}?b  (a{2}){2}  (a|b{2})+$  .  a.b  (?s)a.b  (?s:a.)b  [ab]  [^ab]  [a-c]  []a]  [^]a]
                [a\\]b]  [[:alpha:]]  [^[:alpha:]]  [[:^digit:]a]  [a[:x]  [\\d_]  [\\pL]  [a-]  [-a]  \\d  \\D  \\w  \\W  \\s
                \\S  \\pL  \\p{Greek}  \\PL  \\P{L}  \\p{^L}  \\.  \\/  \\-  \\\\  \\n  \\t  \\a  \\x41  \\x{61}  \\101  \\0
                \\07  \\141b  \\Qa.b\\E  \\Qa.b  \\Qa\\E+  ^a  a^  (^a|b)  a$  a$b  $  ^$  a$|b  \\Aa  a\\z  \\ba  a\\b  a\\Bb
                \\B  a\\b\\W  \\b  (\\b)*a  (a\\b)*  (a*)*b  (a*)+  (a|aa)+$  (^)*a  ($)+  x*y*  (?i)a  a(?i)b  a(?i:b)c
                (?i:a)b  (a(?i)b)c  (?i)a|b  (?-i)a  (?-i:A)b  (?U)a+b  (?sU)a.  (?i-s)a  \u00e9  \u00c9  [\u00e0-\u00ff]
                \u20ac  \ud83d\ude00  k  \u212a  s  a\u20acb  (a)(b)?(c|d)  a b  a\\ b  (((a)))  a.*b.*c$  [^/]+/x  /(a|b|/)*$
                (a?){3}b  ((a?){3}){2}$  a{3,3}  (){5}a  (|a){2}b  a**""".split(" {2}|\n"));
    }

    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "A",
            "b",
            "ab",
            "aB",
            "abc",
            "ABC",
            "aab",
            "aaab",
            "/a",
            "/A/b",
            "/a/b/x",
            "a.b",
            "a\nb",
            "a b",
            "ba",
            "-a-",
            "a-b",
            "_",
            "1",
            "a1",
            "\t",
            "\n",
            "é",
            "É",
            "aé",
            "k",
            "K",
            "s",
            "a\u20acb",
            "[",
            "]",
            "{",
            "a{",
            "a{,2}",
            "a{x}",
            "\\",
            "x",
            "yx",
            "cab",
            "aaaa",
            "abab",
            "a/x",
            "//",
            "xyz",
            "\u0000",
            "\u0007",
            "ac",
            "acd",
            "abd",
            ".",
            "-",
            "/");

    @ParameterizedTest
    @MethodSource("syntax")
    void acceptsWhatRe2Accepts(String regex) {
        for (String text : TEXTS) {
            compare(regex, text);
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void acceptsWhatRe2AcceptsWhateverIsPutTogether(
            @ForAll("regexes") String regex, @ForAll("texts") List<String> texts) {
        for (String text : texts) {
            compare(regex, text);
        }
    }

    private static void compare(String regex, String text) {
        Pattern path;
        Pattern anywhere;
        try {
            path = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
            anywhere = Pattern.compile(regex);
        } catch (PatternSyntaxException refused) {
            assertThatThrownBy(() -> PathRegex.path(regex)).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        PathRegex mine = PathRegex.path(regex);
        boolean accepted = path.matcher(text).lookingAt();
        boolean latin = text.chars().allMatch(c -> c < RegexNode.ALPHABET);
        if (latin) {
            assertThat(mine.matches(text))
                    .as("%s at the start of %s", regex, text)
                    .isEqualTo(accepted);
            assertThat(PathRegex.anywhere(regex).matches(text))
                    .as("%s anywhere in %s", regex, text)
                    .isEqualTo(anywhere.matcher(text).find());
        }
        if (mine.matches(text)) {
            assertThat(text.toLowerCase(Locale.ROOT)).startsWith(mine.prefix());
        }
    }

    @Provide
    Arbitrary<String> regexes() {
        Arbitrary<String> atoms = Arbitraries.of(
                "a", "b", "B", "/", "/", ".", "[ab]", "[^/]", "\\w", "\\W", "\\b", "\\B", "^", "$", "(?i)", "(?-i)",
                "1", "-", "\\.", "ab/");
        return Arbitraries.recursive(
                () -> atoms,
                inner -> Arbitraries.oneOf(
                        inner.list().ofMinSize(1).ofMaxSize(4).map(items -> String.join("", items)),
                        inner.list().ofMinSize(1).ofMaxSize(3).map(items -> "(" + String.join("|", items) + ")"),
                        inner.map(item -> "(?:" + item + ")*"),
                        inner.map(item -> "(" + item + ")+"),
                        inner.map(item -> "(?i:" + item + ")?"),
                        inner.map(item -> "(" + item + "){1,3}"),
                        inner.map(item -> "/a" + item)),
                3);
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.strings().withChars("abAB/1-.").ofMaxLength(8).list().ofSize(40);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            /api/v1/(users|groups),     /api/v1/
            /API/.*,                    /api/
            /a+,                        /a
            /a*,                        /
            /(ab|ac)x,                  /a
            '/(foo)(/|$)(.*)',          /foo
            ^/foo,                      /foo
            /foo$,                      /foo
            /fo{2}/bar,                 /foo/bar
            '/a{2,3}',                  /aa
            /foo\\.html,                /foo.html
            '/[f]oo',                   /foo
            /(?-i:f)oo,                 /
            /é,                         /
            '',                         ''
            /foo|/bar,                  /
            .*/foo,                     ''
            """)
    void knowsWhatPathsBeginWith(String regex, String prefix) {
        assertThat(PathRegex.path(regex.replace("\\\\", "\\")).prefix()).isEqualTo(prefix);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/.*a.{100}b", "(/.*a.{14}){3}", "((((a{10}){10}){10}){10})", "/(.?){900}(.?){900}x", "(?m)^/a"})
    void whatCouldNotBeMatchedInOneStepForEachCharacterIsRefusedWithAReason(String regex) {
        assertThatThrownBy(() -> PathRegex.path(regex))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 900})
    void longLiteralsNeedNoTable(int length) {
        String text = "/" + "ab".repeat(length / 2);
        assertThat(RegexAutomaton.of(RegexReader.read(text, true)).size()).isLessThan(20);
        assertThat(PathRegex.path(text).matches(text.toUpperCase(Locale.ROOT))).isTrue();
        assertThat(PathRegex.path(text + "c").matches(text)).isFalse();
    }
}
