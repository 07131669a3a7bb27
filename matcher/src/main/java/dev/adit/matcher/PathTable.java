package dev.adit.matcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The EXACT and PREFIX rules of one host group, as one flat table. Immutable.
 *
 * <pre>
 *  a path        /  s  h  o  p  /  c  a  r  t  /  7     its slashes, and its end, bound the prefixes that rules could name
 *  boundaries    0              5              10   12
 *  lengths       0              5                       how long the rules' paths are: other prefixes need no look-up
 *
 *  from the longest prefix that is left, by its hash:
 *
 *  slots    +-----------+-----------+-----------+-----------+   upper half of the hash | where its node starts in the text
 *           |     0     |  h1 | 17  |     0     |  h0 |  0  |   (a power of two, at most half full; go right until 0)
 *           +-----------+-----+-----+-----------+-----------+
 *  text     [5, 0] / s h o p  [10, 1] / s h o p / c a r t       by node: length, number, and what the prefix is compared with
 *  answers  |  P0 |  -  |  P0 |  E1 |                           by number: the best PREFIX of it and those above it | its EXACT
 * </pre>
 *
 * <p>The first prefix that is found answers: what the rules above it would say was settled when the table was built. So a look-up touches a
 * few slots, which need not wait for each other, one line of text and one of answers, whatever the depth of the path.
 *
 * <p>A node is a path that rules name, in one spelling: a slash before each element, and at the end only where an EXACT rule has one. Requests in
 * another spelling are brought into it; an EXACT rule in another spelling is kept apart, by its text.
 */
final class PathTable<T> {
    /** No answer; even, so that it is not that of an EXACT rule. */
    static final int NONE = -2;

    /** Before each node's text: its length, its number. */
    private static final int HEADER_BYTES = 8;

    private static final int[] NOT_ASKED_FOR = {};

    /** A taken slot is not 0: the first text starts behind the first header. */
    private final long[] slots;

    private final byte[] text;
    /** Of node i: the best PREFIX at 2 i, the EXACT at 2 i + 1. After all nodes, those of {@link #oddlySpelled}. */
    private final @Nullable Object[] answers;
    /** Of node i: the length of the best PREFIX as it was given. Empty if it was not asked for. */
    private final int[] prefixLengths;
    /** Bit i: some node is i bytes long. */
    private final long[] lengths;
    /** The length of the longest node or rule. */
    private final int longest;
    /** The largest number of slashes in a node or rule. */
    private final int slashes;
    /** Whether all rules are ASCII. */
    private final boolean ascii;
    /** EXACT rules in another spelling, sorted. */
    private final String[] oddlySpelled;

    /**
     * The table of some rules.
     *
     * @param rules EXACT and PREFIX, sorted by {@link Rule#PRECEDENCE}
     * @param withLengths whether {@link #prefixLength} will be asked
     */
    PathTable(List<Rule<T>> rules, boolean withLengths) {
        Draft<T> draft = new Draft<>(rules);
        List<Node<T>> nodes = draft.nodes();
        slots = new long[Words.capacity(nodes.size())];
        answers = new @Nullable Object[2 * (nodes.size() + draft.odd.size())];
        prefixLengths = withLengths ? new int[nodes.size()] : NOT_ASKED_FOR;
        text = new byte[draft.bytes + HEADER_BYTES * nodes.size() + Words.PADDING];
        longest = draft.longest;
        slashes = draft.slashes;
        ascii = draft.ascii;
        lengths = new long[(longest >>> 6) + 1];
        placeAll(nodes);
        oddlySpelled = new String[draft.odd.size()];
        int odd = 0;
        for (Rule<T> rule : draft.odd.values()) {
            answers[2 * (nodes.size() + odd) + 1] = rule.value();
            oddlySpelled[odd++] = rule.path();
        }
    }

    private void placeAll(List<Node<T>> nodes) {
        Scratch scratch = Scratch.mine();
        List<@Nullable Rule<T>> best = new ArrayList<>(nodes.size());
        int start = HEADER_BYTES;
        for (Node<T> node : nodes) {
            scratch.respell(node.path, longest, slashes);
            int above = longestPrefix(scratch); // it was placed before
            Rule<T> prefix = Rule.first(node.prefix, above == 0 ? null : best.get(number(above)));
            int number = best.size();
            best.add(prefix);
            answers[2 * number] = prefix == null ? null : prefix.value();
            answers[2 * number + 1] = node.exact == null ? null : node.exact.value();
            if (prefixLengths.length > 0 && prefix != null) {
                prefixLengths[number] = prefix.path().length();
            }
            place(scratch.bytes, scratch.length, start, number);
            start += scratch.length + HEADER_BYTES;
        }
    }

    private void place(byte[] path, int length, int start, int number) {
        long hash = Words.hash(path, 0, length);
        int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = hash >>> 32 << 32 | start;
        Words.putInt(text, start - HEADER_BYTES, length);
        Words.putInt(text, start - HEADER_BYTES / 2, number);
        System.arraycopy(path, 0, text, start, length);
        lengths[length >>> 6] |= 1L << length;
    }

    /** Where the answer for {@code path} is, or {@link #NONE}. */
    int find(Scratch scratch, String path) {
        if (scratch.readPath(path, longest, slashes)) {
            int start = longestPrefix(scratch);
            if (Scratch.isAscii(path, Math.min(path.length(), decisive(start)))) {
                return answer(start, scratch.whole && length(start) == scratch.length);
            }
        }
        int odd = oddlySpelled.length == 0 ? -1 : Arrays.binarySearch(oddlySpelled, path);
        if (odd >= 0) {
            return (answers.length >>> 1) - oddlySpelled.length + odd << 1 | 1;
        }
        scratch.respell(path, longest, slashes);
        int start = longestPrefix(scratch);
        return answer(start, scratch.whole && length(start) == scratch.length && Elements.isWellSpelled(path));
    }

    /** How many characters of a path decided that the node there is its longest prefix, the slash behind it included. */
    private int decisive(int start) {
        return !ascii ? longest + 1 : start == 0 ? 0 : length(start) + 1;
    }

    private int answer(int start, boolean exact) {
        if (start == 0) {
            return NONE;
        }
        int at = 2 * number(start);
        if (exact && answers[at + 1] != null) {
            return at + 1;
        }
        return answers[at] == null ? NONE : at;
    }

    /** Whether the answer there is that of an EXACT rule, not of a PREFIX. */
    static boolean isExact(int at) {
        return (at & 1) == 1;
    }

    @SuppressWarnings("unchecked") // the constructor put nothing else there
    @Nullable
    T value(int at) {
        return (T) answers[at];
    }

    /** The length of the PREFIX that answers there, as it was given. */
    int prefixLength(int at) {
        return prefixLengths[at >>> 1];
    }

    private int length(int start) {
        return start == 0 ? -1 : Words.getInt(text, start - HEADER_BYTES);
    }

    private int number(int start) {
        return Words.getInt(text, start - HEADER_BYTES / 2);
    }

    /** Where the text of the longest prefix that is here starts, or 0. */
    private int longestPrefix(Scratch scratch) {
        for (int block = Math.min(scratch.length >>> 6, lengths.length - 1); block >= 0; block--) {
            long candidates = scratch.boundaries[block] & lengths[block];
            while (candidates != 0) {
                int bit = 63 - Long.numberOfLeadingZeros(candidates);
                candidates ^= 1L << bit;
                int start = start(scratch, block << 6 | bit);
                if (start != 0) {
                    return start;
                }
            }
        }
        return 0;
    }

    /** Where the text of the prefix of that length starts, or 0. */
    private int start(Scratch scratch, int length) {
        byte[] bytes = scratch.bytes;
        int word = length >>> 3;
        long rest = Words.first(Words.word(bytes, length & ~7), length & 7);
        long hash = Words.finish(scratch.sums[word] + Words.product(rest, word), length);
        int mask = slots.length - 1;
        for (int slot = (int) hash & mask; ; slot = slot + 1 & mask) {
            long held = slots[slot];
            int start = (int) held;
            if (held == 0 || held >>> 32 == hash >>> 32 && isAt(start, bytes, length)) {
                return start;
            }
        }
    }

    private boolean isAt(int start, byte[] bytes, int length) {
        return length(start) == length && Words.equal(text, start, bytes, 0, length);
    }

    private static final class Node<T> {
        final String path;
        /** The best of those that name it. */
        @Nullable
        Rule<T> prefix;

        @Nullable
        Rule<T> exact;

        Node(String path) {
            this.path = path;
        }
    }

    /** Sorts rules by the nodes that they name. */
    private static final class Draft<T> {
        private final Map<String, Node<T>> byPath;
        /** EXACT rules in another spelling, by their texts. */
        final Map<String, Rule<T>> odd = new TreeMap<>();

        int bytes;
        boolean ascii = true;
        int longest;
        int slashes;

        Draft(List<Rule<T>> rules) {
            byPath = new HashMap<>(2 * rules.size());
            rules.forEach(this::add);
        }

        private void add(Rule<T> rule) {
            String path = rule.path();
            measure(path);
            if (rule.kind() == PathKind.PREFIX) {
                Node<T> node = node(Elements.respelled(path));
                node.prefix = node.prefix == null ? rule : node.prefix;
            } else if (Elements.isWellSpelled(path)) {
                node(path).exact = rule;
            } else {
                odd.put(path, rule);
            }
        }

        private Node<T> node(String path) {
            Node<T> known = byPath.get(path);
            if (known != null) {
                return known;
            }
            bytes += measure(path);
            Node<T> node = new Node<>(path);
            byPath.put(path, node);
            return node;
        }

        private int measure(String path) {
            int length = Scratch.bytes(path);
            ascii &= length == path.length();
            longest = Math.max(longest, length);
            int here = 0;
            for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
                here++;
            }
            slashes = Math.max(slashes, here);
            return length;
        }

        /** Those that stand above another before it. */
        List<Node<T>> nodes() {
            List<Node<T>> nodes = new ArrayList<>(byPath.values());
            nodes.sort(Comparator.comparingInt(node -> node.path.length()));
            return nodes;
        }
    }
}
