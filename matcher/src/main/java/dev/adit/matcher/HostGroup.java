package dev.adit.matcher;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one host pattern, and the walk that chooses among them. Immutable.
 *
 * <pre>
 *  rules                     trie                                 regexes, longest text first
 *  Prefix /            A     (root) best A                        /shop/[a-z]+/[0-9]+   R
 *  Prefix /shop        S       +-- shop    best S                 /[^/]*                Q
 *  Exact  /shop/cart   C             +-- cart   best S, exact C
 *  Regex  ...          R,Q
 *
 *  1. Follow the path's elements down the trie until one is unknown.     /shop/cart/x  ends at cart
 *  2. An exact text of that node that equals the whole path wins.        /shop/cart    C
 *  3. The node's best prefix was found when the trie was built           /shop/cart/x  S
 *     (best of the node and all above it), so nothing is kept on the way.
 *  4. Regexes whose text is longer than that prefix's are asked in turn. /shop/ab/12   R
 * </pre>
 *
 * <p>{@code find} and {@code explain} are this one walk, without and with a {@link Recorder}.
 */
final class HostGroup<T> {
    /** All of them, sorted by {@link Rule#PRECEDENCE}. */
    final List<Rule<T>> rules;
    /** What answers if no rule matches. */
    final @Nullable T fallback;

    private final TrieNode<T> root;
    private final Rule<T>[] regexes;

    HostGroup(List<Rule<T>> rules, @Nullable T fallback) {
        List<Rule<T>> sorted = new ArrayList<>(rules);
        sorted.sort(Rule.PRECEDENCE);
        List<Rule<T>> trieRules = new ArrayList<>(sorted.size());
        List<Rule<T>> regexRules = new ArrayList<>();
        for (Rule<T> rule : sorted) {
            (rule.kind() == PathKind.REGEX ? regexRules : trieRules).add(rule);
        }
        this.rules = List.copyOf(sorted);
        this.fallback = fallback;
        this.root = TrieNode.root(trieRules);
        this.regexes = Rule.array(regexRules);
    }

    @Nullable
    T find(String path) {
        Rule<T> rule = walk(path, null);
        return rule == null ? fallback : rule.value();
    }

    MatchTrace<T> explain(String pattern, String path) {
        Recorder<T> recorder = new Recorder<>();
        Rule<T> rule = walk(path, recorder);
        if (rule == null) {
            return new MatchTrace<>(pattern, recorder.candidates(null), fallback, fallback != null);
        }
        return new MatchTrace<>(pattern, recorder.candidates(rule), rule.value(), false);
    }

    private @Nullable Rule<T> walk(String path, @Nullable Recorder<T> recorder) {
        TrieNode<T> node = root;
        TrieNode<T> child = root;
        int to = 0;
        while (child != null) {
            node = child;
            if (recorder != null) {
                recorder.matched(node.prefixes);
            }
            int from = Elements.start(path, to);
            to = Elements.end(path, from);
            child = from == to ? null : node.child(path, from, to);
        }
        Rule<T> exact = exact(node, path, recorder);
        return exact != null ? exact : regex(path, node.bestPrefix, recorder);
    }

    private static <T> @Nullable Rule<T> exact(TrieNode<T> node, String path, @Nullable Recorder<T> recorder) {
        Rule<T> found = null;
        for (Rule<T> rule : node.exacts) {
            boolean equal = rule.path().equals(path);
            if (recorder != null) {
                recorder.lookedAt(rule, equal);
            }
            if (equal) {
                found = rule;
            }
        }
        return found;
    }

    private @Nullable Rule<T> regex(String path, @Nullable Rule<T> prefix, @Nullable Recorder<T> recorder) {
        int atLeast = prefix == null ? 0 : prefix.path().length() + 1;
        for (Rule<T> rule : regexes) {
            if (rule.path().length() < atLeast) {
                break; // only shorter ones follow
            }
            boolean accepted = rule.accepts(path);
            if (recorder != null) {
                recorder.lookedAt(rule, accepted);
            }
            if (accepted) {
                return rule;
            }
        }
        return prefix;
    }
}
