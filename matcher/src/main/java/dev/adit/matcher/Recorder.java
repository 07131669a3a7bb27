package dev.adit.matcher;

import dev.adit.matcher.MatchTrace.Candidate;
import dev.adit.matcher.MatchTrace.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what a walk looks at; the verdicts are given when its winner is known. */
final class Recorder<T> {
    private final List<Looked<T>> looked = new ArrayList<>();

    private record Looked<T>(Rule<T> rule, boolean matches) {}

    void lookedAt(Rule<T> rule, boolean matches) {
        looked.add(new Looked<>(rule, matches));
    }

    @SuppressWarnings("ReferenceEquality") // the winner is one of the rules that were looked at, whatever equals it
    List<Candidate<T>> candidates(@Nullable Rule<T> winner) {
        List<Candidate<T>> candidates = new ArrayList<>(looked.size());
        for (Looked<T> entry : looked) {
            Rule<T> rule = entry.rule;
            Verdict verdict = rule == winner ? Verdict.WON : entry.matches ? Verdict.OUTRANKED : Verdict.NO_MATCH;
            candidates.add(new Candidate<>(rule.kind(), rule.path(), rule.value(), verdict));
        }
        return candidates;
    }
}
