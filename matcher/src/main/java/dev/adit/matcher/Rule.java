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
    static final Comparator<Rule<?>> PRECEDENCE = Comparator.<Rule<?>, Boolean>comparing(
                    rule -> rule.kind != PathKind.EXACT)
            .thenComparing(rule -> -rule.path.length())
            .thenComparing(Rule::kind)
            .thenComparing(Rule::path);

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type has no other way in
    static <T> Rule<T>[] array(List<Rule<T>> rules) {
        return rules.toArray(new Rule[0]);
    }
}
