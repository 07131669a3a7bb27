package dev.adit.matcher;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
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
 *  tags     |  0  |  t1 |  0  |  0  |  t0 |   0 = empty; else half of the hash, the other half says where to begin
 *  nodes    |     | /shop/cart  P0  E1  |     |     | /shop  P0  -  |     path, best PREFIX of it and those above it, EXACT
 *            (half full; not there: go right until one is empty)
 * </pre>
 *
 * <p>The first prefix that is found answers: what the rules above it would say was settled when the table was built. So a look-up touches a
 * few tags and a line of nodes, none of which has to wait for another, whatever the depth of the path; then it compares the text.
 *
 * <p>A node is a path that rules name, in one spelling: a slash before each element, and at the end only where an EXACT rule has one. Nodes that are
 * not ASCII, and EXACT rules in another spelling, stand behind all slots and are found by comparison: hashes are of low bytes and could be aimed.
 */
final class PathTable<T> {
    /** No answer; a multiple of {@link #STRIDE} below the first. */
    static final int NONE = -3;

    private static final int SLOTS_PER_NODE = 2;
    private static final int STRIDE = 3;
    private static final int PREFIX = 1;
    private static final int EXACT = 2;
    private static final int[] NOT_ASKED_FOR = {};

    private final int[] tags;
    /** Of slot i: the path at 3 i, the answer of the best PREFIX at 3 i + 1, that of the EXACT rule at 3 i + 2. */
    private final @Nullable Object[] nodes;
    /** Of slot i: the length of the best PREFIX as it was given. Empty if it was not asked for. */
    private final int[] prefixLengths;
    /** Bit i: some node with a slot is i characters long. */
    private final long[] lengths;
    /** The length of the longest of them. */
    private final int longest;
    /** The largest number of slashes in a node with a slot. */
    private final int slashes;
    /** Where the nodes without slots are. */
    private final Map<String, Integer> unusual;
    /** Bit i: the best PREFIX of slot i is a rule that is spelled as the node. */
    private final BitSet own = new BitSet();
    /** The other PREFIX rules. */
    private final List<Rule<T>> others;

    /**
     * The table of some rules.
     *
     * @param rules EXACT and PREFIX, in any order
     * @param withLengths whether {@link #prefixLength} will be asked
     */
    PathTable(List<Rule<T>> rules, boolean withLengths) {
        Draft<T> draft = new Draft<>(rules);
        List<Node<T>> drafted = draft.nodes();
        int capacity = Math.max(1, SLOTS_PER_NODE * (drafted.size() - draft.unusual.size()));
        int all = capacity + draft.unusual.size();
        tags = new int[capacity];
        nodes = new @Nullable Object[STRIDE * all];
        prefixLengths = withLengths ? new int[all] : NOT_ASKED_FOR;
        lengths = new long[(draft.longest >>> 6) + 1];
        longest = draft.longest;
        slashes = draft.slashes;
        Map<String, Integer> withoutSlots = new TreeMap<>();
        Scratch scratch = Scratch.mine();
        for (Node<T> node : drafted) {
            if (draft.unusual.contains(node.path)) {
                int at = capacity + withoutSlots.size();
                withoutSlots.put(node.path, STRIDE * at);
                put(node, at);
            } else {
                put(node, takeSlot(scratch, node.path));
            }
        }
        unusual = withoutSlots.isEmpty() ? Map.of() : Collections.unmodifiableMap(withoutSlots);
        others = List.copyOf(draft.others);
    }

    private int takeSlot(Scratch scratch, String path) {
        int length = path.length();
        scratch.load(path, 0, length);
        long hash = Words.hash(scratch.bytes, 0, length);
        int slot = slot(hash);
        while (tags[slot] != 0) {
            slot = next(slot);
        }
        tags[slot] = tag(hash);
        lengths[length >>> 6] |= 1L << length;
        return slot;
    }

    private void put(Node<T> node, int slot) {
        nodes[STRIDE * slot] = node.path;
        nodes[STRIDE * slot + EXACT] = node.exact == null ? null : node.exact.value();
        Rule<T> best = node.best;
        if (best != null) {
            nodes[STRIDE * slot + PREFIX] = best.value();
            own.set(slot, node.isOwn());
            if (prefixLengths.length > 0) {
                prefixLengths[slot] = best.path().length();
            }
        }
    }

    private int slot(long hash) {
        return (int) ((hash >>> 32) * tags.length >>> 32);
    }

    private int next(int slot) {
        return slot + 1 == tags.length ? 0 : slot + 1;
    }

    private static int tag(long hash) {
        return (int) hash | 1;
    }

    /** All rules, in no order. */
    @SuppressWarnings("unchecked") // the constructor put nothing else there
    void forEach(Consumer<? super Rule<T>> action) {
        for (int at = 0; at < nodes.length; at += STRIDE) {
            if (nodes[at] == null) {
                continue;
            }
            String path = path(at);
            T prefix = (T) nodes[at + PREFIX];
            T exact = (T) nodes[at + EXACT];
            if (prefix != null && own.get(at / STRIDE)) {
                action.accept(new Rule<>(PathKind.PREFIX, path, null, prefix));
            }
            if (exact != null) {
                action.accept(new Rule<>(PathKind.EXACT, path, null, exact));
            }
        }
        others.forEach(action);
    }

    /** Where the answer for {@code path} is, or {@link #NONE}. */
    int find(Scratch scratch, String path) {
        int at = unusual.isEmpty() ? NONE : findUnusual(path);
        if (at != NONE) {
            return at;
        }
        if (scratch.readPath(path, longest, slashes)) {
            int node = longestPrefix(scratch, path);
            return answer(node, node != NONE && path(node).length() == path.length());
        }
        String spelled = Elements.respelled(path);
        scratch.readPath(spelled, longest, slashes);
        return answer(longestPrefix(scratch, spelled), false);
    }

    private int findUnusual(String path) {
        if (Elements.isWellSpelled(path) && isAscii(path)) {
            return NONE;
        }
        Integer equal = unusual.get(path);
        if (equal != null) {
            return answer(equal, true);
        }
        String spelled = Elements.respelled(path);
        for (int end = spelled.length(); end > 0; end = spelled.lastIndexOf('/', end - 1)) {
            Integer leading = unusual.get(spelled.substring(0, end));
            if (leading != null) {
                return answer(leading, false);
            }
        }
        return NONE;
    }

    private static boolean isAscii(String text) {
        int all = 0;
        for (int i = 0; i < text.length(); i++) {
            all |= text.charAt(i);
        }
        return all < 0x80;
    }

    /** Where the answer of the node there is. */
    private int answer(int node, boolean exact) {
        if (node == NONE) {
            return NONE;
        }
        if (exact && nodes[node + EXACT] != null) {
            return node + EXACT;
        }
        return nodes[node + PREFIX] == null ? NONE : node + PREFIX;
    }

    /** Whether the answer there is that of an EXACT rule, not of a PREFIX. */
    static boolean isExact(int at) {
        return at % STRIDE == EXACT;
    }

    @SuppressWarnings("unchecked") // the constructor put nothing else there
    @Nullable
    T value(int at) {
        return (T) nodes[at];
    }

    /** The length of the PREFIX that answers there, as it was given. */
    int prefixLength(int at) {
        return prefixLengths[at / STRIDE];
    }

    @SuppressWarnings("NullAway") // only asked where there is a node
    private String path(int node) {
        return (String) nodes[node];
    }

    /** Where the node of the longest prefix that has a slot is, or {@link #NONE}. */
    private int longestPrefix(Scratch scratch, String path) {
        for (int block = Math.min(scratch.length >>> 6, lengths.length - 1); block >= 0; block--) {
            long candidates = scratch.boundaries[block] & lengths[block];
            while (candidates != 0) {
                int bit = 63 - Long.numberOfLeadingZeros(candidates);
                candidates ^= 1L << bit;
                int node = node(scratch, path, block << 6 | bit);
                if (node != NONE) {
                    return node;
                }
            }
        }
        return NONE;
    }

    /** Where the node of the prefix of that length is, or {@link #NONE}. */
    private int node(Scratch scratch, String path, int length) {
        long hash = scratch.hash(length);
        int tag = tag(hash);
        for (int slot = slot(hash); tags[slot] != 0; slot = next(slot)) {
            if (tags[slot] == tag && leads(path(STRIDE * slot), path, length)) {
                return STRIDE * slot;
            }
        }
        return NONE;
    }

    /** Whether a node's path is the first elements of another, {@code length} characters of it. */
    private static boolean leads(String node, String path, int length) {
        return length == path.length()
                ? node.equals(path)
                : node.length() == length && path.startsWith(node) && path.charAt(length) == '/';
    }

    private static final class Node<T> {
        final String path;
        /** The best of those that name it. */
        @Nullable
        Rule<T> prefix;

        @Nullable
        Rule<T> exact;

        /** The best of those that name it or a node above it. */
        @Nullable
        Rule<T> best;

        Node(String path) {
            this.path = path;
        }

        boolean isOwn() {
            return prefix != null && prefix == best && prefix.path().equals(path);
        }
    }

    /** Sorts rules by the nodes that they name. */
    private static final class Draft<T> {
        private final Map<String, Node<T>> byPath;
        private final List<Rule<T>> prefixes = new ArrayList<>();
        /** The PREFIX rules that are not the best of a node which is spelled as they are. */
        final List<Rule<T>> others = new ArrayList<>(0);
        /** The paths of nodes that get no slot. */
        final Set<String> unusual = new HashSet<>(0);
        /** Of the nodes that get one. */
        int longest;

        int slashes;

        Draft(List<Rule<T>> rules) {
            byPath = new HashMap<>(2 * rules.size());
            rules.forEach(this::add);
        }

        private void add(Rule<T> rule) {
            if (rule.kind() == PathKind.EXACT) {
                node(rule.path()).exact = rule;
                return;
            }
            Node<T> node = node(Elements.respelled(rule.path()));
            node.prefix = Rule.first(node.prefix, rule);
            prefixes.add(rule);
        }

        private Node<T> node(String path) {
            return byPath.computeIfAbsent(path, this::measured);
        }

        private Node<T> measured(String path) {
            if (path.isEmpty() || Elements.isWellSpelled(path) && isAscii(path)) {
                longest = Math.max(longest, path.length());
                slashes = Math.max(slashes, Elements.slashes(path));
            } else {
                unusual.add(path);
            }
            return new Node<>(path);
        }

        /** All of them, and the best PREFIX of each. */
        List<Node<T>> nodes() {
            List<Node<T>> topDown = new ArrayList<>(byPath.values());
            topDown.sort(Comparator.comparingInt(node -> node.path.length()));
            for (Node<T> node : topDown) {
                Node<T> above = above(node.path);
                node.best = Rule.first(node.prefix, above == null ? null : above.best);
            }
            for (Rule<T> rule : prefixes) {
                Node<T> node = node(Elements.respelled(rule.path()));
                if (node.prefix != rule || !node.isOwn()) {
                    others.add(rule);
                }
            }
            return topDown;
        }

        private @Nullable Node<T> above(String path) {
            for (int end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
                Node<T> node = byPath.get(path.substring(0, end));
                if (node != null) {
                    return node;
                }
            }
            return null;
        }
    }
}
