package dev.adit.matcher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the EXACT and PREFIX rules of a host group by the paths that they name, for a {@link PathTable}.
 *
 * <pre>
 *  sorted      begins with   leads
 *  /a          -             -
 *  /a-b        /a            -           what a path begins with stands above it, one below the other, so
 *  /a/b        /a            /a          a stack of them is all that is needed to find what leads it
 *  /a/b/c      /a/b  /a      /a/b
 *  /b          -             -
 * </pre>
 */
final class PathDraft<T> {
    /** By path. */
    final List<Node<T>> nodes = new ArrayList<>();
    /** The PREFIX rules that are not the best of a node with a slot which is spelled as they are. */
    final List<Rule<T>> others = new ArrayList<>(0);
    /** The paths of nodes that get no slot. */
    final Set<String> unusual = new HashSet<>(0);
    /** Of the nodes that get one. */
    int longest;

    int slashes;

    private record Named<T>(String path, Rule<T> rule) {
        static <T> Named<T> of(Rule<T> rule) {
            return new Named<>(rule.kind() == PathKind.EXACT ? rule.path() : Elements.respelled(rule.path()), rule);
        }
    }

    /** A path that rules name, in one spelling. */
    static final class Node<T> {
        final String path;
        /** The best of those that name it. */
        @Nullable
        Rule<T> prefix;

        @Nullable
        Rule<T> exact;

        /** The best of those that name a node which leads it. */
        @Nullable
        Rule<T> above;

        /** The best of both. */
        @Nullable
        Rule<T> best;

        Node(String path) {
            this.path = path;
        }

        /** Whether the best PREFIX is a rule that is spelled as the node. */
        boolean isOwn() {
            return prefix != null && prefix == best && prefix.path().equals(path);
        }
    }

    PathDraft(List<Rule<T>> rules) {
        List<Named<T>> sorted = new ArrayList<>(rules.size());
        rules.forEach(rule -> sorted.add(Named.of(rule)));
        sorted.sort(Comparator.comparing(Named::path));
        Deque<Node<T>> begins = new ArrayDeque<>();
        for (int from = 0, to; from < sorted.size(); from = to) {
            to = from;
            Node<T> node = new Node<>(sorted.get(from).path);
            for (; to < sorted.size() && sorted.get(to).path.equals(node.path); to++) {
                Rule<T> rule = sorted.get(to).rule;
                if (rule.kind() == PathKind.EXACT) {
                    node.exact = rule;
                } else {
                    node.prefix = Rule.first(node.prefix, rule);
                }
            }
            node.above = bestAbove(begins, node.path);
            node.best = Rule.first(node.prefix, node.above);
            begins.push(node);
            nodes.add(node);
            measure(node.path);
            noteOthers(node, sorted.subList(from, to));
        }
    }

    /** The best PREFIX of the nodes that lead a path; takes those that it does not begin with off the stack. */
    private static <T> @Nullable Rule<T> bestAbove(Deque<Node<T>> begins, String path) {
        while (!begins.isEmpty() && !path.startsWith(begins.element().path)) {
            begins.pop();
        }
        Node<T> longest = begins.peek();
        if (longest == null) {
            return null;
        }
        return Elements.lead(longest.path, path) ? longest.best : longest.above; // what leads that leads the path
    }

    private void measure(String path) {
        if (path.isEmpty() || Elements.isWellSpelled(path) && Words.isAscii(path, 0, path.length())) {
            longest = Math.max(longest, path.length());
            slashes = Math.max(slashes, Elements.slashes(path));
        } else {
            unusual.add(path);
        }
    }

    private void noteOthers(Node<T> node, List<Named<T>> named) {
        boolean told = node.isOwn() && !unusual.contains(node.path);
        for (Named<T> each : named) {
            if (each.rule.kind() == PathKind.PREFIX && !(told && each.rule == node.prefix)) {
                others.add(each.rule);
            }
        }
    }
}
