package dev.adit.matcher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One path element below its parent, and the EXACT and PREFIX rules whose last element it is. The root has the empty key. Immutable. */
final class TrieNode<T> extends RegionTable.Entry {
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
        List<TrieNode<T>> nodes = new ArrayList<>(draft.children.size());
        // Recursion is as deep as the trie, which the builder limits.
        draft.children.forEach((childKey, child) -> nodes.add(child.freeze(childKey, bestPrefix)));
        this.children = RegionTable.of(nodes, TrieNode<?>[]::new);
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
        private final Map<String, Draft<T>> children = new HashMap<>(2);
        private final List<Rule<T>> prefixes = new ArrayList<>(1);
        private final List<Rule<T>> exacts = new ArrayList<>(1);

        void add(Rule<T> rule) {
            String path = rule.path();
            Draft<T> node = this;
            int from = Elements.start(path, 0);
            while (from < path.length()) {
                int to = Elements.end(path, from);
                node = node.children.computeIfAbsent(path.substring(from, to), key -> new Draft<>());
                from = Elements.start(path, to);
            }
            (rule.kind() == PathKind.EXACT ? node.exacts : node.prefixes).add(rule);
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
