package dev.adit.matcher;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one host pattern, and the walk that chooses among them. Immutable.
 *
 * <pre>
 *  rules                     table                            regexes, by literal prefix
 *  Prefix /            A     (root)      A                    /        /[^/]*                Q
 *  Prefix /shop        S     /shop       S                    /shop/   /shop/[a-z]+/[0-9]+   R
 *  Exact  /shop/cart   C     /shop/cart  S, exact C
 *  Regex  ...          R,Q
 *
 *  1. The longest prefix of the path that the table knows.               /shop/cart/x  /shop/cart
 *  2. An EXACT rule there that equals the whole path wins.               /shop/cart    C
 *  3. Else the best PREFIX there or above it                             /shop/cart/x  S
 *     unless one of the regexes whose text is longer accepts the path.   /shop/ab/12   R
 * </pre>
 *
 * <p>It is the table, rather than to have one, so that a look-up has one object less to wait for.
 */
final class HostGroup<T> extends PathTable<T> {
    /** By the length of the elements, then of the text. */
    private static final Comparator<Rule<?>> TOP_DOWN = Comparator.<Rule<?>>comparingInt(
                    rule -> Elements.respelled(rule.path()).length())
            .thenComparing(Rule.PRECEDENCE);

    /** What answers if no rule matches. */
    final @Nullable T fallback;

    private final @Nullable PatternIndex<T> regexes;

    /**
     * The group of some rules.
     *
     * @param spelledOut the EXACT and PREFIX rules, in any order
     * @param patterns the REGEX rules, in any order
     */
    HostGroup(List<Rule<T>> spelledOut, List<Rule<T>> patterns, @Nullable T fallback) {
        super(spelledOut, !patterns.isEmpty());
        this.regexes = patterns.isEmpty() ? null : new PatternIndex<>(patterns);
        this.fallback = fallback;
    }

    /** All rules, in no order. */
    @Override
    void forEach(Consumer<? super Rule<T>> action) {
        super.forEach(action);
        if (regexes != null) {
            regexes.forEach(action);
        }
    }

    @Nullable
    T find(Scratch scratch, String path) {
        int answer = answer(scratch, path);
        Rule<T> regex = regex(path, answer, null);
        if (regex != null) {
            return regex.value();
        }
        return answer == NONE ? fallback : value(answer);
    }

    /** As {@link #find(Scratch, String)}, for the path {@code text[from, from + length)}. */
    @Nullable
    T find(byte[] text, int from, int length) {
        if (regexes != null) {
            return find(Scratch.mine(), new String(text, from, length, StandardCharsets.ISO_8859_1));
        }
        int answer = answer(text, from, length);
        return answer == NONE ? fallback : value(answer);
    }

    /** The first regex that accepts the path and goes before the PREFIX that answers. */
    private @Nullable Rule<T> regex(String path, int answer, @Nullable Recorder<T> recorder) {
        if (regexes == null || isExact(answer)) {
            return null;
        }
        int shortest = answer == NONE ? 0 : prefixLength(answer) + 1;
        return regexes.first(path, shortest, recorder);
    }

    /** Linear in the number of rules. */
    MatchTrace<T> explain(String pattern, String path) {
        Recorder<T> recorder = new Recorder<>();
        int answer = answer(Scratch.mine(), path);
        Rule<T> rule = lookAtTable(path, answer, recorder);
        Rule<T> regex = regex(path, answer, recorder);
        Rule<T> winner = regex == null ? rule : regex;
        List<MatchTrace.Candidate<T>> candidates = recorder.candidates(winner);
        return winner == null
                ? new MatchTrace<>(pattern, candidates, fallback, fallback != null)
                : new MatchTrace<>(pattern, candidates, winner.value(), false);
    }

    /** Records the rules on the way to the slot that answered; gives the one that answers. */
    private @Nullable Rule<T> lookAtTable(String path, int answer, Recorder<T> recorder) {
        String asked = Elements.respelled(path);
        List<Rule<T>> onTheWay = new ArrayList<>();
        int deepest = 0;
        super.forEach(rule -> {
            if (Elements.lead(Elements.respelled(rule.path()), asked)) {
                onTheWay.add(rule);
            }
        });
        onTheWay.sort(TOP_DOWN);
        for (Rule<T> rule : onTheWay) {
            deepest = Math.max(deepest, Elements.respelled(rule.path()).length());
        }
        Rule<T> answering = null;
        for (Rule<T> rule : onTheWay) {
            if (rule.kind() == PathKind.PREFIX) {
                recorder.lookedAt(rule, true);
                answering = answer == NONE || isExact(answer) ? null : Rule.first(rule, answering);
            }
        }
        for (Rule<T> rule : onTheWay) {
            if (rule.kind() == PathKind.EXACT && Elements.respelled(rule.path()).length() == deepest) {
                boolean equal = rule.path().equals(path);
                recorder.lookedAt(rule, equal);
                answering = equal ? rule : answering;
            }
        }
        return answering;
    }
}
