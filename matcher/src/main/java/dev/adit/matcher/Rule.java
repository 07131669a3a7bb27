package dev.adit.matcher;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a host group.
 *
 * @param path the text as given; its length decides precedence
 * @param pattern what decides a REGEX rule, null for the other kinds
 */
record Rule<T>(PathKind kind, String path, @Nullable PathPattern pattern, T value) {
    /**
     * Which of two matching rules of one kind goes first: that with the longer text, else that with the lesser text. Total within a kind,
     * because a group has no two rules of one kind and text: so the order in which rules are added never matters. Between kinds the walk of
     * {@link HostGroup} decides.
     */
    static final Comparator<Rule<?>> PRECEDENCE =
            Comparator.<Rule<?>>comparingInt(rule -> -rule.path.length()).thenComparing(Rule::path);

    /** Whether a REGEX rule accepts a request path. */
    boolean accepts(String requestPath) {
        return pattern != null && pattern.matches(requestPath);
    }

    /** A text with which every path begins that a REGEX rule accepts, but for case. */
    String prefix() {
        return pattern == null ? "" : Objects.requireNonNull(pattern.prefix(), "prefix");
    }

    /** The one of the two that goes first, if there are two. */
    static <T> @Nullable Rule<T> first(@Nullable Rule<T> one, @Nullable Rule<T> other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return PRECEDENCE.compare(one, other) <= 0 ? one : other;
    }
}
