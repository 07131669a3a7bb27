package dev.adit.matcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sorts the EXACT and PREFIX rules of a host group by the paths that they name, for a {@link PathTable}. */
final class PathDraft<T> {
    private final Map<String, Node<T>> byPath;
    private final List<Rule<T>> prefixes = new ArrayList<>();
    /** The PREFIX rules that are not the best of a node with a slot which is spelled as they are. */
    final List<Rule<T>> others = new ArrayList<>(0);
    /** The paths of nodes that get no slot. */
    final Set<String> unusual = new HashSet<>(0);
    /** Of the nodes that get one. */
    int longest;

    int slashes;

    PathDraft(List<Rule<T>> rules) {
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
        if (path.isEmpty() || Elements.isWellSpelled(path) && Words.isAscii(path, path.length())) {
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
            if (unusual.contains(node.path) || node.prefix != rule || !node.isOwn()) {
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

    /** A path that rules name, in one spelling. */
    static final class Node<T> {
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
}
