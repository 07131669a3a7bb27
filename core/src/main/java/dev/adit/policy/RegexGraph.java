package dev.adit.policy;

import dev.adit.policy.RegexNode.Assertion;
import dev.adit.policy.RegexNode.Characters;
import dev.adit.policy.RegexNode.Either;
import dev.adit.policy.RegexNode.Repeat;
import dev.adit.policy.RegexNode.Sequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A regular expression as a graph that is walked in many places at once (Thompson's construction).
 *
 * <pre>
 *  /a(b|c)*     '/' -> 'a' -> fork -+-> fork -+-> 'b' --> back to the first fork
 *                                   |         +-> 'c' --> back to the first fork
 *                                   +-> accepted
 * </pre>
 */
final class RegexGraph {
    /** The place that accepts. */
    static final int ACCEPTED = 0;

    /** More places than any expression needs that a person can read; repetitions of repetitions need more. */
    private static final int MAX_PLACES = 4_000;

    /** Where the walk starts. */
    final int start;

    private final List<Place> places = new ArrayList<>();
    private int work;

    /** A step or a fork: what it asks for, and where to go then. */
    sealed interface Place {}

    record Step(BitSet set, int next) implements Place {}

    record Condition(Assertion assertion, int next) implements Place {}

    record Fork(int... ways) implements Place {}

    /** @throws IllegalArgumentException if it would be too large */
    RegexGraph(RegexNode tree) {
        add(new Fork());
        start = before(tree, ACCEPTED);
    }

    int size() {
        return places.size();
    }

    Place place(int index) {
        return places.get(index);
    }

    /** Whether some walk may have to ask for it. */
    boolean has(Assertion assertion) {
        return places.stream().anyMatch(place -> place instanceof Condition c && c.assertion() == assertion);
    }

    /** The sets of characters that steps ask for. */
    Set<BitSet> sets() {
        Set<BitSet> sets = new LinkedHashSet<>();
        for (Place place : places) {
            if (place instanceof Step step) {
                sets.add(step.set());
            }
        }
        return sets;
    }

    private int add(Place place) {
        places.add(place);
        return places.size() - 1;
    }

    /** Adds what {@code node} asks for, leading on to {@code next}; gives its first place. */
    private int before(RegexNode node, int next) {
        if (++work > MAX_PLACES) {
            throw new IllegalArgumentException(
                    "it repeats too much: written out it has more than " + MAX_PLACES + " steps");
        }
        if (node instanceof Characters characters) {
            return add(new Step(characters.set(), next));
        }
        if (node instanceof Assertion assertion) {
            return add(new Condition(assertion, next));
        }
        if (node instanceof Either either) {
            return add(new Fork(either.choices().stream()
                    .mapToInt(choice -> before(choice, next))
                    .toArray()));
        }
        if (node instanceof Repeat repeat) {
            return before(repeat, next);
        }
        int first = next;
        List<RegexNode> items = ((Sequence) node).items();
        for (int i = items.size() - 1; i >= 0; i--) {
            first = before(items.get(i), first);
        }
        return first;
    }

    private int before(Repeat repeat, int next) {
        int first = next;
        if (repeat.most() == Repeat.UNBOUNDED) {
            int[] ways = {next, next};
            first = add(new Fork(ways));
            ways[0] = before(repeat.item(), first);
        }
        for (int i = repeat.least(); i < repeat.most(); i++) {
            first = add(new Fork(before(repeat.item(), first), next));
        }
        for (int i = 0; i < repeat.least(); i++) {
            first = before(repeat.item(), first);
        }
        return first;
    }
}
