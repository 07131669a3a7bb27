package dev.adit.matcher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One path element below its parent, and the EXACT and PREFIX rules whose last element it is. The root has the empty key. Immutable. */
final class TrieNode<T> extends RegionTable.Entry {
    /** The children of most nodes. */
    private static final @Nullable TrieNode<?>[] NONE = RegionTable.of(List.of(), TrieNode<?>[]::new);

    /** The PREFIX rule that serves what ends here or leaves the trie here: the best of this node and of all above it. */
    final @Nullable Rule<T> bestPrefix;
    /** Best first. More than one only if they differ in slashes alone. */
    final Rule<T>[] prefixes;
    /** More than one only if they differ in slashes alone. */
    final Rule<T>[] exacts;

    private final @Nullable TrieNode<?>[] children;

    private TrieNode(String key, @Nullable Rule<T> bestPrefix, Draft<T> draft) {
        super(key);
        this.bestPrefix = bestPrefix;
        this.prefixes = Rule.array(draft.prefixes);
        this.exacts = Rule.array(draft.exacts);
        this.children = draft.children.isEmpty() ? NONE : children(draft.children, bestPrefix);
    }

    private static <T> @Nullable TrieNode<?>[] children(Map<String, Draft<T>> drafts, @Nullable Rule<T> bestPrefix) {
        List<TrieNode<T>> nodes = new ArrayList<>(drafts.size());
        // Recursion is as deep as the trie, which the builder limits.
        drafts.forEach((key, draft) -> nodes.add(draft.freeze(key, bestPrefix)));
        return RegionTable.of(nodes, TrieNode<?>[]::new);
    }

    /** The trie of EXACT and PREFIX rules that come sorted by {@link Rule#PRECEDENCE}. */
    static <T> TrieNode<T> root(List<Rule<T>> rules) {
        Draft<T> root = new Draft<>();
        for (Rule<T> rule : rules) {
            root.add(rule);
        }
        return root.freeze("", null);
    }

    /** The child for the element {@code path[from, to)}, or null. */
    @SuppressWarnings("unchecked") // the constructor put there only nodes of this trie
    @Nullable
    TrieNode<T> child(String path, int from, int to) {
        return (TrieNode<T>) RegionTable.find(children, path, from, to);
    }

    /** A node that still grows. */
    private static final class Draft<T> {
        // Most nodes have few of each or none: nothing is made before it is needed.
        private Map<String, Draft<T>> children = Map.of();
        private List<Rule<T>> prefixes = List.of();
        private List<Rule<T>> exacts = List.of();

        void add(Rule<T> rule) {
            String path = rule.path();
            Draft<T> node = this;
            int from = Elements.start(path, 0);
            while (from < path.length()) {
                int to = Elements.end(path, from);
                node = node.child(path.substring(from, to));
                from = Elements.start(path, to);
            }
            node.hold(rule);
        }

        private Draft<T> child(String key) {
            if (children.isEmpty()) {
                children = new HashMap<>(4);
            }
            return children.computeIfAbsent(key, absent -> new Draft<>());
        }

        private void hold(Rule<T> rule) {
            if (rule.kind() == PathKind.EXACT) {
                exacts = exacts.isEmpty() ? new ArrayList<>(1) : exacts;
                exacts.add(rule);
            } else {
                prefixes = prefixes.isEmpty() ? new ArrayList<>(1) : prefixes;
                prefixes.add(rule);
            }
        }

        TrieNode<T> freeze(String key, @Nullable Rule<T> inherited) {
            Rule<T> best = inherited;
            if (!prefixes.isEmpty()) {
                Rule<T> own = prefixes.get(0);
                // Not always the deeper one: spare slashes make a text longer, too.
                best = inherited == null || Rule.PRECEDENCE.compare(own, inherited) < 0 ? own : inherited;
            }
            return new TrieNode<>(key, best, this);
        }
    }
}
