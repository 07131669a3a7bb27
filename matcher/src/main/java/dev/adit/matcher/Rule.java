package dev.adit.matcher;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a host group.
 *
 * @param path the text as given; its length decides precedence
 * @param pattern what decides a REGEX rule, null for the other kinds
 */
record Rule<T>(PathKind kind, String path, @Nullable PathPattern pattern, T value) {
    /**
     * Which of two matching rules goes first: EXACT, else the longer text, else PREFIX before REGEX, else the lesser text. Total, because a
     * group has no two rules of one kind and text: so the order in which rules are added never matters.
     */
    static final Comparator<Rule<?>> PRECEDENCE = Comparator.<Rule<?>>comparingInt(
                    rule -> rule.kind == PathKind.EXACT ? 0 : 1)
            .thenComparingInt(rule -> -rule.path.length())
            .thenComparing(Rule::kind)
            .thenComparing(Rule::path);

    /** Whether a REGEX rule accepts a request path. */
    boolean accepts(String requestPath) {
        return pattern != null && pattern.matches(requestPath);
    }

    private static final Rule<?>[] NONE = {};

    @SuppressWarnings("unchecked") // an array holds nothing but the rules of the list
    static <T> Rule<T>[] array(List<Rule<T>> rules) {
        return (Rule<T>[]) rules.toArray(NONE);
    }
}
