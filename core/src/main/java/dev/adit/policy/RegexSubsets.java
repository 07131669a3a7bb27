package dev.adit.policy;

import dev.adit.policy.RegexGraph.Condition;
import dev.adit.policy.RegexGraph.Fork;
import dev.adit.policy.RegexGraph.Place;
import dev.adit.policy.RegexGraph.Step;
import dev.adit.policy.RegexNode.Assertion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the rows of a {@link RegexAutomaton}: the sets of places where walks of a {@link RegexGraph} can be at the same time. */
final class RegexSubsets {
    /** Rows times columns; each entry takes two bytes. */
    private static final int MAX_ENTRIES = 32_768;

    /** How many places may be visited meanwhile. */
    private static final int MAX_WORK = 250_000;

    /** What came before, as far as an assertion may ask. */
    private enum Before {
        NOTHING,
        WORD,
        OTHER
    }

    /** What comes after. */
    private enum After {
        WORD,
        OTHER,
        NOTHING
    }

    /** Where walks can be: places that were stepped to, before any fork or condition behind them. */
    private record Front(BitSet places, Before before) {}

    private static final Front ACCEPTED = new Front(new BitSet(), Before.NOTHING);

    /** The rows before it end the walk. */
    private static final int FIRST_OWN = 2;

    final StringBuilder prefix = new StringBuilder();
    final byte[] columns = new byte[RegexNode.ALPHABET];
    /** By row and column, the next row. */
    final List<int[]> rows = new ArrayList<>();
    /** The column of the end; those of characters come before it. */
    final int end;
    /** The row where a walk starts behind the prefix. */
    final int first;

    /** How many characters behind the prefix are looked at before the answer is known; {@link Integer#MAX_VALUE} if any number may be. */
    int mostSteps;
    /** In how many places walks can be at the same time, over and over again. */
    int mostWays;

    private final RegexGraph graph;
    private final boolean asksForWords;
    /** By column, one of its characters. */
    private final int[] examples;

    private final Map<Front, Integer> known = new HashMap<>();
    private final Deque<Front> unwritten = new ArrayDeque<>();
    /** By row, in how many places walks are there. */
    private final Map<Integer, Integer> ways = new HashMap<>();

    private int work;

    RegexSubsets(RegexGraph graph) {
        this.graph = graph;
        asksForWords = graph.has(Assertion.BOUNDARY) || graph.has(Assertion.NO_BOUNDARY);
        examples = tellApart();
        end = examples.length;
        rows.add(new int[end + 1]);
        int[] accepted = new int[end + 1];
        Arrays.fill(accepted, RegexAutomaton.ACCEPTED);
        rows.add(accepted);
        known.put(ACCEPTED, RegexAutomaton.ACCEPTED);
        BitSet start = new BitSet();
        start.set(graph.start);
        first = row(behindPrefix(new Front(start, Before.NOTHING)));
        for (Front front = unwritten.poll(); front != null; front = unwritten.poll()) {
            write(front);
        }
        measure();
    }

    /** Gives characters that no step tells apart one column; returns one of each. */
    private int[] tellApart() {
        List<BitSet> sets = new ArrayList<>(graph.sets());
        if (asksForWords) {
            BitSet words = new BitSet();
            for (int c = 0; c < RegexNode.ALPHABET; c++) {
                words.set(c, isWord(c));
            }
            sets.add(words);
        }
        Map<BitSet, Integer> byMembership = new HashMap<>();
        List<Integer> found = new ArrayList<>();
        for (int c = 0; c < RegexNode.ALPHABET; c++) {
            BitSet membership = new BitSet();
            for (int i = 0; i < sets.size(); i++) {
                membership.set(i, sets.get(i).get(c));
            }
            Integer column = byMembership.putIfAbsent(membership, found.size());
            columns[c] = (byte) (column == null ? found.size() : column);
            if (column == null) {
                found.add(c);
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isWord(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    /** Goes on as long as there is one way to go, but for the case of a letter. */
    private Front behindPrefix(Front start) {
        Front front = start;
        while (front != ACCEPTED && prefix.length() < PathRegex.MAX_LENGTH) {
            @Nullable Front[] next = nexts(front);
            BitSet ways = new BitSet();
            for (int c = 0; c < RegexNode.ALPHABET; c++) {
                ways.set(c, next[columns[c] & 0xFF] != null);
            }
            int upper = ways.nextSetBit(0);
            int lower = ways.length() - 1;
            boolean one = upper == lower && lower < 0x80 && !Character.isLetter(lower)
                    || ways.cardinality() == 2 && upper >= 'A' && upper <= 'Z' && lower == upper + 0x20;
            if (next[end] != null || ways.isEmpty() || !one) {
                return front;
            }
            Front then = next[columns[lower] & 0xFF];
            if (then == null || !then.equals(next[columns[upper] & 0xFF])) {
                return front;
            }
            prefix.append((char) lower);
            front = then;
        }
        return front;
    }

    private void write(Front front) {
        int[] row = rows.get(row(front));
        ways.put(row(front), reach(front, After.OTHER).cardinality());
        @Nullable Front[] next = nexts(front);
        for (int column = 0; column < next.length; column++) {
            Front then = next[column];
            row[column] =
                    then == null ? RegexAutomaton.REFUSED : then == ACCEPTED ? RegexAutomaton.ACCEPTED : row(then);
        }
    }

    /** The number of the row of a front; of a new one, the next. */
    private int row(Front front) {
        Integer row = known.get(front);
        if (row != null) {
            return row;
        }
        if ((rows.size() + 1) * (end + 1) > MAX_ENTRIES) {
            throw tooLarge();
        }
        known.put(front, rows.size());
        rows.add(new int[end + 1]);
        unwritten.add(front);
        return rows.size() - 1;
    }

    /** By column, where walks are after it; null where they are nowhere. */
    private @Nullable Front[] nexts(Front front) {
        BitSet beforeWord = asksForWords ? reach(front, After.WORD) : new BitSet();
        BitSet beforeOther = reach(front, After.OTHER);
        @Nullable Front[] next = new @Nullable Front[end + 1];
        for (int column = 0; column < end; column++) {
            int c = examples[column];
            boolean word = asksForWords && isWord(c);
            next[column] = step(word ? beforeWord : beforeOther, c, word ? Before.WORD : Before.OTHER);
        }
        next[end] = reach(front, After.NOTHING).get(RegexGraph.ACCEPTED) ? ACCEPTED : null;
        return next;
    }

    private @Nullable Front step(BitSet from, int c, Before before) {
        if (from.get(RegexGraph.ACCEPTED)) {
            return ACCEPTED;
        }
        BitSet to = new BitSet();
        for (int i = from.nextSetBit(0); i >= 0; i = from.nextSetBit(i + 1)) {
            count();
            if (graph.place(i) instanceof Step step && step.set().get(c)) {
                to.set(step.next());
            }
        }
        if (to.get(RegexGraph.ACCEPTED)) {
            return ACCEPTED;
        }
        return to.isEmpty() ? null : new Front(to, before);
    }

    /** The steps and the end that can be reached from a front without a character. */
    private BitSet reach(Front front, After after) {
        BitSet seen = new BitSet();
        BitSet reached = new BitSet();
        Deque<Integer> open = new ArrayDeque<>();
        front.places().stream().forEach(open::push);
        while (!open.isEmpty()) {
            int at = open.pop();
            count();
            if (seen.get(at)) {
                continue;
            }
            seen.set(at);
            Place place = graph.place(at);
            if (at == RegexGraph.ACCEPTED || place instanceof Step) {
                reached.set(at);
            } else if (place instanceof Fork fork) {
                Arrays.stream(fork.ways()).forEach(open::push);
            } else if (place instanceof Condition condition && holds(condition.assertion(), front.before(), after)) {
                open.push(condition.next());
            }
        }
        return reached;
    }

    private static boolean holds(Assertion assertion, Before before, After after) {
        boolean boundary = (before == Before.WORD) != (after == After.WORD);
        return switch (assertion) {
            case START -> before == Before.NOTHING;
            case END -> after == After.NOTHING;
            case BOUNDARY -> boundary;
            case NO_BOUNDARY -> !boundary;
        };
    }

    /** Takes away rows that nothing leads to any more, from the first on: what is left lies on circles, or behind them. */
    private void measure() {
        int[] before = new int[rows.size()];
        for (int[] row : rows.subList(FIRST_OWN, rows.size())) {
            for (int next : row) {
                before[next]++;
            }
        }
        int[] steps = new int[rows.size()];
        Deque<Integer> ready = new ArrayDeque<>(first >= FIRST_OWN && before[first] == 0 ? List.of(first) : List.of());
        int done = FIRST_OWN;
        for (Integer row = ready.poll(); row != null; row = ready.poll()) {
            done++;
            for (int column = 0; column < end; column++) {
                int next = rows.get(row)[column];
                mostSteps = Math.max(mostSteps, steps[row] + 1);
                steps[next] = Math.max(steps[next], steps[row] + 1);
                if (--before[next] == 0 && next >= FIRST_OWN) {
                    ready.add(next);
                }
            }
        }
        mostSteps = done < rows.size() ? Integer.MAX_VALUE : mostSteps;
        for (int row = FIRST_OWN; row < rows.size(); row++) {
            mostWays = Math.max(mostWays, before[row] > 0 ? ways.getOrDefault(row, 0) : 0);
        }
    }

    private void count() {
        if (++work > MAX_WORK) {
            throw tooLarge();
        }
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException(
                "it needs a table of more than " + MAX_ENTRIES + " entries, because its repetitions multiply");
    }
}
