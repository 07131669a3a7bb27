package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.adit.matcher.MatchTrace.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rules and requests that Jazzer makes up, guided by what they reach in the code. The ordinary build tries those that are kept in {@code
 * RouteMatcherFuzzTestInputs}; with {@code JAZZER_FUZZ=1} in the environment new ones are looked for.
 */
class RouteMatcherFuzzTest {
    private static final int MOST_RULES = 24;
    private static final int MOST_QUESTIONS = 16;
    private static final int LONGEST_TEXT = 300;

    private static final String[] HOSTS = {"", "a", "b.a", "*.a", "*.b.a", "c.b.a", "\u0161.a", "*.\u0162"};
    private static final String[] PIECES = {
        "/", "a", "b", "A", "ab", "//", "/a/", "\u0161", "\u012f", "\ud83d", "%2F", "x".repeat(61), "/x".repeat(130)
    };
    private static final String[] REGEX_PIECES = {"/", "a", "b", "A", "/ab", "[ab]", "(a|/b)", "b?"};
    /** One repetition at most: the naive matcher's engine goes back for each. */
    private static final String[] REGEX_ENDS = {"", "$", ".*/b", "[^/]+/", "a+", "a*b"};

    @FuzzTest(maxDuration = "5m")
    void answersAsTheRulesReadOutLoud(FuzzedDataProvider data) {
        NaiveMatcher naive = new NaiveMatcher();
        RouteMatcher<String> matcher = RouteMatcher.<String>builder().build();
        Set<String> taken = new HashSet<>();
        List<String> paths = new ArrayList<>(List.of("", "/"));
        int rules = data.consumeInt(0, MOST_RULES);
        RouteMatcher.Builder<String> builder = matcher.toBuilder();
        for (int i = 0; i < rules; i++) {
            if (data.consumeInt(0, 7) == 0) { // what was built goes on as a base
                builder = builder.build().toBuilder();
            }
            TestRule rule = rule(data);
            if (isAllowed(rule) && taken.add(rule.identity()) || isRepeatable(rule)) {
                rule.addTo(builder);
                naive.add(rule);
                paths.add(rule.path());
            } else {
                RouteMatcher.Builder<String> refusing = builder;
                assertThatIllegalArgumentException().isThrownBy(() -> rule.addTo(refusing));
            }
        }
        matcher = builder.build();
        int questions = data.consumeInt(1, MOST_QUESTIONS);
        for (int i = 0; i < questions; i++) {
            String host = host(data).replace("*", "x");
            String path = data.consumeBoolean() ? data.pickValue(paths) + text(data) : text(data);
            ask(matcher, naive, host, path);
        }
    }

    private static void ask(RouteMatcher<String> matcher, NaiveMatcher naive, String host, String path) {
        String expected = naive.find(host, path);
        assertThat(matcher.find(host, path)).as("%s %s", host, path).isEqualTo(expected);
        MatchTrace<String> trace = matcher.explain(host, path);
        assertThat(trace.winner()).as("%s %s", host, path).isEqualTo(expected);
        assertThat(trace.group()).isEqualTo(naive.pattern(host));
        boolean ruleWon = expected != null && !trace.fallback();
        assertThat(trace.candidates().stream().filter(candidate -> candidate.verdict() == Verdict.WON))
                .hasSize(ruleWon ? 1 : 0);
    }

    private static boolean isAllowed(TestRule rule) {
        boolean path = rule.what() == TestRule.What.EXACT || rule.what() == TestRule.What.PREFIX;
        return HostMap.isPattern(rule.host()) && !(path && rule.path().split("/+").length > RouteMatcher.MAX_ELEMENTS);
    }

    private static boolean isRepeatable(TestRule rule) {
        return HostMap.isPattern(rule.host())
                && (rule.what() == TestRule.What.FALLBACK || rule.what() == TestRule.What.CLAIM);
    }

    private static TestRule rule(FuzzedDataProvider data) {
        TestRule.What what = data.pickValue(TestRule.What.values());
        String host = host(data);
        String path =
                what == TestRule.What.REGEX ? pieces(data, REGEX_PIECES) + data.pickValue(REGEX_ENDS) : text(data);
        return new TestRule(host, what, path, host + " " + what + " " + path);
    }

    private static String host(FuzzedDataProvider data) {
        return data.consumeInt(0, 9) == 0 ? data.consumeString(12) : data.pickValue(HOSTS);
    }

    /** Pieces that make rules and requests meet; now and then anything. */
    private static String text(FuzzedDataProvider data) {
        return data.consumeInt(0, 9) == 0 ? data.consumeString(LONGEST_TEXT) : pieces(data, PIECES);
    }

    private static String pieces(FuzzedDataProvider data, String[] pieces) {
        StringBuilder text = new StringBuilder();
        for (int left = data.consumeInt(0, 6); left > 0; left--) {
            text.append(data.pickValue(pieces));
        }
        return text.toString();
    }
}
