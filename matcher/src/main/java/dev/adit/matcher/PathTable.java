package dev.adit.matcher;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The EXACT and PREFIX rules of one host group, as one flat table. Immutable.
 *
 * <pre>
 *  a path        /  s  h  o  p  /  c  a  r  t  /  7     its slashes, and its end, bound the prefixes that rules could name
 *  boundaries    0              5              10   12
 *  lengths       0              5              10       how long the rules' paths are: other prefixes need no look-up
 *
 *  from the longest prefix that is left, by its hash:
 *
 *           slots, 0 = empty; half full; not there: go right until one is               lengths and texts
 *             63     53    52       28       0
 *  bytes    |  0  |  tag  own  node 1  at 57  |  0  |  0  |  tag  own  node 0  at 48  |  0  | 5 /shop | 10 /shop/cart |
 *                                 |       '-----------------------------------------------------------'
 *                                 v
 *  values   | P0 | E0 | P1 | E1 |      the best PREFIX of the node and of those above it, EXACT
 * </pre>
 *
 * <p>The first prefix that is found answers: what the rules above it would say was settled when the table was built. So a look-up reads one
 * line of slots for each prefix, and of that which is found the text and the value, neither of which has to wait for the other. Slots and texts are in
 * one array because the length of each array that is read stands in a line of its own.
 *
 * <p>A node is a path that rules name, in one spelling: a slash before each element, and at the end only where an EXACT rule has one. Nodes that are
 * not ASCII, and EXACT rules in another spelling, have no slots and are found by comparison: hashes are of low bytes and could be aimed.
 */
class PathTable<T> {
    /** No answer. */
    static final int NONE = -1;
    /** The path must be spelled otherwise, or compared with the unusual nodes, before the slots can answer. */
    private static final int UNKNOWN = -2;

    /** A path of fewer bytes than this is read without notes, its slashes in one word. */
    private static final int SHORT = 64;

    private static final int SLOTS_PER_NODE = 2;
    private static final int SLOT_BYTES = 8;
    private static final int NODE_BITS = 24;
    private static final int AT_BITS = 28;
    /** The best PREFIX of the node is a rule that is spelled as the node. */
    private static final long OWN = 1L << NODE_BITS + AT_BITS;

    private static final int TAG_SHIFT = NODE_BITS + AT_BITS + 1;
    private static final int LENGTH_BYTES = 4;

    private static final int[] NOT_ASKED_FOR = {};
    private static final long[] ALL_SHORT = {};

    /** Of the nodes that are not {@link #unusual}. */
    private final byte[] bytes;

    private final int capacity;
    /** Of node i: the answer of the best PREFIX at 2 i, that of the EXACT rule at 2 i + 1. */
    private final @Nullable Object[] values;
    /** Of node i: the length of the best PREFIX as it was given. Empty if it was not asked for. */
    private final int[] prefixLengths;
    /** Bit i: some node with a slot is i characters long, less than {@link #SHORT}. */
    private final long shortLengths;
    /** The same for all lengths; empty if what could matter of a path is always {@link #SHORT}. */
    private final long[] lengths;
    /** The length of the longest of them. */
    private final int longest;
    /** The largest number of slashes in a node with a slot. */
    private final int slashes;
    /** The nodes without slots; null if there are none. */
    private final @Nullable Map<String, Integer> unusual;
    /** The other PREFIX rules. */
    private final List<Rule<T>> others;

    /**
     * The table of some rules.
     *
     * @param rules EXACT and PREFIX, in any order
     * @param withLengths whether {@link #prefixLength} will be asked
     * @throws IllegalArgumentException if they name more than 2^24 paths, or paths of more than 2^28 characters
     */
    PathTable(List<Rule<T>> rules, boolean withLengths) {
        PathDraft<T> draft = new PathDraft<>(rules);
        List<PathDraft.Node<T>> nodes = draft.nodes;
        capacity = Math.max(1, SLOTS_PER_NODE * (nodes.size() - draft.unusual.size()));
        long room = (long) SLOT_BYTES * capacity + Words.PADDING;
        for (PathDraft.Node<T> node : nodes) {
            room += draft.unusual.contains(node.path) ? 0 : LENGTH_BYTES + node.path.length();
        }
        if (nodes.size() > 1 << NODE_BITS || room > 1 << AT_BITS) {
            throw new IllegalArgumentException("too many rules for one host: " + rules.size());
        }
        bytes = new byte[(int) room];
        values = new @Nullable Object[2 * nodes.size()];
        prefixLengths = withLengths ? new int[nodes.size()] : NOT_ASKED_FOR;
        longest = draft.longest;
        slashes = draft.slashes;
        long[] lengthsOfNodes = new long[longest / SHORT + 1];
        Map<String, Integer> withoutSlots = new TreeMap<>();
        int at = SLOT_BYTES * capacity;
        for (int i = 0; i < nodes.size(); i++) {
            PathDraft.Node<T> node = nodes.get(i);
            put(node, i);
            if (draft.unusual.contains(node.path)) {
                withoutSlots.put(node.path, i);
            } else {
                int length = node.path.length();
                takeSlot(node, i, at);
                at += LENGTH_BYTES + length;
                lengthsOfNodes[length / SHORT] |= 1L << length;
            }
        }
        shortLengths = lengthsOfNodes[0];
        lengths = longest + 1 < SHORT ? ALL_SHORT : lengthsOfNodes;
        unusual = withoutSlots.isEmpty() ? null : withoutSlots;
        others = List.copyOf(draft.others);
    }

    private void put(PathDraft.Node<T> node, int index) {
        values[2 * index + 1] = node.exact == null ? null : node.exact.value();
        Rule<T> best = node.best;
        if (best != null) {
            values[2 * index] = best.value();
            if (prefixLengths.length > 0) {
                prefixLengths[index] = best.path().length();
            }
        }
    }

    private void takeSlot(PathDraft.Node<T> node, int index, int at) {
        int length = node.path.length();
        for (int i = 0; i < LENGTH_BYTES; i++) {
            bytes[at + i] = (byte) (length >>> 8 * i);
        }
        System.arraycopy(node.path.getBytes(StandardCharsets.US_ASCII), 0, bytes, at + LENGTH_BYTES, length);
        long hash = Words.hash(bytes, at + LENGTH_BYTES, length);
        int slot = firstSlot(hash);
        while (taken(slot) != 0) {
            slot = next(slot);
        }
        long own = node.isOwn() ? OWN : 0;
        Words.put(bytes, SLOT_BYTES * slot, hash << TAG_SHIFT | own | (long) index << AT_BITS | at);
    }

    private int firstSlot(long hash) {
        return (int) ((hash >>> 32) * capacity >>> 32);
    }

    private int next(int slot) {
        return slot + 1 == capacity ? 0 : slot + 1;
    }

    /** By whom a slot is taken; 0 = it is empty. */
    private long taken(int slot) {
        return Words.word(bytes, SLOT_BYTES * slot);
    }

    private static int node(long taken) {
        return (int) (taken >>> AT_BITS) & (1 << NODE_BITS) - 1;
    }

    private static int at(long taken) {
        return (int) taken & (1 << AT_BITS) - 1;
    }

    /** All rules, in no order. */
    void forEach(Consumer<? super Rule<T>> action) {
        for (int slot = 0; slot < capacity; slot++) {
            long taken = taken(slot);
            if (taken != 0) {
                String path = text(at(taken));
                T prefix = value(2 * node(taken));
                if (prefix != null && (taken & OWN) != 0) {
                    action.accept(new Rule<>(PathKind.PREFIX, path, null, prefix));
                }
                tellExact(path, node(taken), action);
            }
        }
        if (unusual != null) {
            unusual.forEach((path, node) -> tellExact(path, node, action));
        }
        others.forEach(action);
    }

    private void tellExact(String path, int node, Consumer<? super Rule<T>> action) {
        T exact = value(2 * node + 1);
        if (exact != null) {
            action.accept(new Rule<>(PathKind.EXACT, path, null, exact));
        }
    }

    private int length(int at) {
        return (int) Words.word(bytes, at);
    }

    private String text(int at) {
        return new String(bytes, at + LENGTH_BYTES, length(at), StandardCharsets.US_ASCII);
    }

    /** Which of the values answers for {@code path}, or {@link #NONE}. */
    final int answer(Scratch scratch, String path) {
        if (unusual == null) {
            byte[] text = scratch.load(path, 0, reach(path.length()));
            int answer = lookUp(text, 0, path.length(), true, path);
            if (answer != UNKNOWN) {
                return answer;
            }
        }
        return compare(scratch, path);
    }

    /** Which of the values answers for the path {@code text[from, from + length)}, or {@link #NONE}. */
    final int answer(byte[] text, int from, int length) {
        int answer = unusual == null ? lookUpPadded(text, from, length) : UNKNOWN;
        return answer == UNKNOWN
                ? compare(Scratch.mine(), new String(text, from, length, StandardCharsets.ISO_8859_1))
                : answer;
    }

    private int lookUpPadded(byte[] text, int from, int length) {
        int reach = reach(length);
        return from + reach > text.length - Words.PADDING
                ? lookUp(Scratch.mine().load(text, from, reach), 0, length, true, null)
                : lookUp(text, from, length, true, null);
    }

    /** How many bytes of a path could matter. */
    private int reach(int length) {
        return Math.min(length, longest + 1);
    }

    private int compare(Scratch scratch, String path) {
        boolean wellSpelled = Elements.isWellSpelled(path);
        if (unusual != null && !(wellSpelled && Words.isAscii(path, 0, path.length()))) {
            int answer = compare(unusual, path);
            if (answer != NONE) {
                return answer;
            }
        }
        String spelled = wellSpelled ? path : Elements.respelled(path);
        byte[] text = scratch.loadAscii(spelled, reach(spelled.length()));
        return lookUp(text, 0, spelled.length(), spelled.equals(path), null);
    }

    private int compare(Map<String, Integer> unusual, String path) {
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

    /**
     * What the slots know of a path, or {@link #UNKNOWN} if they cannot know.
     *
     * @param exact whether an EXACT rule may answer
     * @param characters the path if {@code text} holds only their low bytes: those of others look like ASCII
     */
    private int lookUp(byte[] text, int from, int length, boolean exact, @Nullable String characters) {
        int reach = reach(length);
        if (reach >= SHORT) {
            return lookUpLong(Scratch.mine(), text, from, length, exact, characters);
        }
        long bounds = 0;
        for (int i = 0; i < reach; i += 8) {
            bounds |= Words.marked(Words.word(text, from + i), Words.SLASHES) << i;
        }
        long end = 1L << reach;
        bounds &= end - 1;
        if ((bounds & bounds << 1) != 0 || (bounds & 1) == 0 && length > 0) {
            return UNKNOWN;
        }
        long candidates = (reach == length ? bounds | end : bounds) & shortLengths;
        while (candidates != 0) {
            int prefix = 63 - Long.numberOfLeadingZeros(candidates);
            candidates ^= 1L << prefix;
            int node = node(text, from, prefix, Words.hash(text, from, prefix));
            if (node != NONE) {
                return isTrue(prefix, characters) ? answer(node, exact && prefix == length) : UNKNOWN;
            }
        }
        return NONE;
    }

    private int lookUpLong(
            Scratch scratch, byte[] text, int from, int length, boolean exact, @Nullable String characters) {
        if (!scratch.read(text, from, length, longest, slashes)) {
            return UNKNOWN;
        }
        for (int block = Math.min(scratch.length / SHORT, lengths.length - 1); block >= 0; block--) {
            long candidates = scratch.boundaries[block] & lengths[block];
            while (candidates != 0) {
                int bit = 63 - Long.numberOfLeadingZeros(candidates);
                candidates ^= 1L << bit;
                int prefix = SHORT * block + bit;
                int node = node(text, from, prefix, scratch.hash(text, from, prefix));
                if (node != NONE) {
                    return isTrue(prefix, characters) ? answer(node, exact && prefix == length) : UNKNOWN;
                }
            }
        }
        return NONE;
    }

    /** Whether a prefix that looks like one of ours, and the slash behind it, are what they look like. */
    private static boolean isTrue(int prefix, @Nullable String characters) {
        return characters == null || Words.isAscii(characters, 0, Math.min(prefix + 1, characters.length()));
    }

    /** The node of the first {@code length} bytes, or {@link #NONE}. */
    private int node(byte[] text, int from, int length, long hash) {
        long tag = hash << TAG_SHIFT;
        int slot = firstSlot(hash);
        for (long taken = taken(slot); taken != 0; taken = taken(slot = next(slot))) {
            if ((taken ^ tag) >>> TAG_SHIFT == 0 && isNamed(at(taken), text, from, length)) {
                return node(taken);
            }
        }
        return NONE;
    }

    private boolean isNamed(int at, byte[] text, int from, int length) {
        return length(at) == length && Words.equal(bytes, at + LENGTH_BYTES, text, from, length);
    }

    /** Which of the values of a node answers. */
    private int answer(int node, boolean exact) {
        boolean exactAnswers = values[2 * node + 1] != null & exact; // no branch, since none could be foretold
        int answer = exactAnswers ? 2 * node + 1 : 2 * node;
        return values[answer] == null ? NONE : answer;
    }

    /** Whether that answer is the one of an EXACT rule, not of a PREFIX. */
    static boolean isExact(int answer) {
        return answer > 0 && (answer & 1) == 1;
    }

    @SuppressWarnings("unchecked") // the constructor put nothing else there
    @Nullable
    final T value(int answer) {
        return (T) values[answer];
    }

    /** The length of the PREFIX that answers, as it was given. */
    final int prefixLength(int answer) {
        return prefixLengths[answer >> 1];
    }
}
