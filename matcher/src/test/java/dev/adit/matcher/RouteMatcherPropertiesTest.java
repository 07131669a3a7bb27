package dev.adit.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.matcher.MatchTrace.Candidate;
import dev.adit.matcher.MatchTrace.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Hosts, elements and slashes come from a small alphabet, so that rules meet, overlap and differ by slashes alone. */
class RouteMatcherPropertiesTest {
    private static final int TRIES = 200;
    /** Every host and path of the alphabet worth asking for would be too many: each try asks a sample. */
    private static final int QUESTIONS = 60;

    record Question(String host, String path) {
        /** The same in bytes, for a matcher; what Latin-1 has not, becomes a question mark. */
        String findIn(RouteMatcher<String> matcher, int after) {
            byte[] text = ("/." + host + path + "/.".repeat(after)).getBytes(StandardCharsets.ISO_8859_1);
            return matcher.find(text, 2, host.length(), 2 + host.length(), path.length());
        }

        Question inLatin1() {
            return new Question(latin1(host), latin1(path));
        }

        private static String latin1(String text) {
            return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
        }
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void answersAsTheRulesReadOutLoud(
            @ForAll("rules") List<TestRule> rules, @ForAll("questions") List<Question> questions) {
        RouteMatcher<String> matcher = build(rules);
        NaiveMatcher naive = naive(rules);
        for (Question question : questions) {
            String expected = naive.find(question.host, question.path);
            assertThat(matcher.find(question.host, question.path))
                    .as("%s", question)
                    .isEqualTo(expected);
            Statistics.collect(expected == null ? "nothing" : expected.split(" ")[1]);
        }
        Statistics.coverage(answers -> {
            for (String what : List.of("EXACT", "PREFIX", "REGEX", "FALLBACK", "nothing")) {
                answers.check(what).percentage(percent -> percent >= 1);
            }
        });
    }

    /** Whatever stands before and after them, and if nothing does. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
    void answersBytesAsStrings(@ForAll("rules") List<TestRule> rules, @ForAll("questions") List<Question> questions) {
        RouteMatcher<String> matcher = build(rules);
        NaiveMatcher naive = naive(rules);
        for (Question asked : questions) {
            Question question = asked.inLatin1();
            String expected = naive.find(question.host, question.path);
            for (int after : new int[] {0, 1, 8}) {
                assertThat(question.findIn(matcher, after)).as("%s", question).isEqualTo(expected);
            }
        }
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
    void explainNamesTheWinnerOfFind(
            @ForAll("rules") List<TestRule> rules, @ForAll("questions") List<Question> questions) {
        RouteMatcher<String> matcher = build(rules);
        NaiveMatcher naive = naive(rules);
        for (Question question : questions) {
            MatchTrace<String> trace = matcher.explain(question.host, question.path);
            assertThat(trace.winner()).isEqualTo(matcher.find(question.host, question.path));
            assertThat(trace.group()).isEqualTo(naive.pattern(question.host));
            List<String> won = trace.candidates().stream()
                    .filter(candidate -> candidate.verdict() == Verdict.WON)
                    .map(Candidate::value)
                    .collect(Collectors.toList());
            boolean ruleWon = trace.winner() != null && !trace.fallback();
            assertThat(won).isEqualTo(ruleWon ? List.of(trace.winner()) : List.of());
            assertThat(ruleWon || trace.candidates().stream().allMatch(c -> c.verdict() == Verdict.NO_MATCH))
                    .as("nothing matches where no rule wins")
                    .isTrue();
        }
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
    void orderOfInsertionDoesNotMatter(
            @ForAll("rules") List<TestRule> rules,
            @ForAll Random random,
            @ForAll("questions") List<Question> questions) {
        List<TestRule> shuffled = new ArrayList<>(rules);
        Collections.shuffle(shuffled, random);
        assertSame(build(rules), build(shuffled), questions);
    }

    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
    void editingEqualsBuildingAfresh(
            @ForAll("rules") List<TestRule> before,
            @ForAll("rules") List<TestRule> added,
            @ForAll("hosts") String removed,
            @ForAll("questions") List<Question> questions) {
        RouteMatcher<String> old = build(before);
        NaiveMatcher oldRules = naive(before);
        List<TestRule> after =
                before.stream().filter(rule -> !rule.host().equals(removed)).collect(Collectors.toList());
        RouteMatcher.Builder<String> edit = old.toBuilder().removeHost(removed);
        List<String> present = after.stream().map(TestRule::identity).collect(Collectors.toCollection(ArrayList::new));
        for (TestRule rule : added) {
            if (!present.contains(rule.identity())) {
                present.add(rule.identity());
                after.add(rule);
                rule.addTo(edit);
            }
        }
        assertSame(edit.build(), build(after), questions);
        for (Question question : questions) {
            assertThat(old.find(question.host, question.path))
                    .as("the matcher that was edited from still answers as before: %s", question)
                    .isEqualTo(oldRules.find(question.host, question.path));
        }
    }

    private static void assertSame(RouteMatcher<String> one, RouteMatcher<String> other, List<Question> questions) {
        for (Question question : questions) {
            assertThat(one.explain(question.host, question.path))
                    .as("%s", question)
                    .isEqualTo(other.explain(question.host, question.path));
        }
    }

    private static RouteMatcher<String> build(List<TestRule> rules) {
        RouteMatcher.Builder<String> builder = RouteMatcher.builder();
        rules.forEach(rule -> rule.addTo(builder));
        return builder.build();
    }

    private static NaiveMatcher naive(List<TestRule> rules) {
        NaiveMatcher naive = new NaiveMatcher();
        rules.forEach(naive::add);
        return naive;
    }

    @Provide
    Arbitrary<List<TestRule>> rules() {
        Arbitrary<TestRule.What> kinds = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of(TestRule.What.EXACT, TestRule.What.PREFIX)),
                Tuple.of(3, Arbitraries.just(TestRule.What.REGEX)),
                Tuple.of(1, Arbitraries.of(TestRule.What.FALLBACK, TestRule.What.CLAIM)));
        Arbitrary<String> regexes = Arbitraries.of(
                "",
                "x",
                "/",
                "/a",
                "/A",
                "/a+",
                "/b$",
                "/[ab]",
                "/a/.*",
                "/A/[^/]+",
                "/a/b",
                "/a/b?",
                "/AB",
                "/ab/[ab]",
                "/aa.",
                "/.*/b",
                "/(a|b)/(a|b)");
        Arbitrary<TestRule> rule = Combinators.combine(hosts(), kinds, paths(), regexes)
                .as((host, what, path, regex) -> {
                    String text = what == TestRule.What.REGEX ? regex : path;
                    return new TestRule(host, what, text, host + " " + what + " " + text);
                });
        return rule.list().ofMaxSize(40).uniqueElements(TestRule::identity);
    }

    @Provide
    Arbitrary<List<Question>> questions() {
        Arbitrary<String> asked = Arbitraries.oneOf(
                hosts().map(pattern -> pattern.replace("*", "x")),
                Arbitraries.of(
                        ".a.b",
                        "x.y.a.b",
                        "c",
                        "\u0162",
                        "\u0161",
                        "x.\u0162",
                        "x.\u0161.b",
                        "\u0161.b",
                        "\u0161.a.b"));
        return Combinators.combine(asked, paths()).as(Question::new).list().ofSize(QUESTIONS);
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.of("", "a", "b", "a.b", "b.a.b", "*.b", "*.a.b");
    }

    private static Arbitrary<String> paths() {
        // Some hold characters whose low byte is that of a, or of the slash; one reaches into the next block of the
        // table.
        Arbitrary<String> elements = Arbitraries.of(
                "a",
                "A",
                "b",
                "B",
                "ab",
                "aa",
                "ä",
                "\u0161",
                "\u012f",
                "a\u012f",
                "a\u012fb",
                "\ud83d",
                "x".repeat(61),
                "/",
                "/");
        Arbitrary<String> some = elements.list().ofMaxSize(4).map(list -> "/" + String.join("/", list));
        Arbitrary<String> unled = some.map(path -> path.substring(1));
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.of("", "/")), Tuple.of(8, some), Tuple.of(1, unled));
    }
}
