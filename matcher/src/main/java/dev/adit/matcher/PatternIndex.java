package dev.adit.matcher;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The REGEX rules of one host group by the literal prefixes of their patterns, so that a path asks only those that could accept it. Immutable.
 *
 * <pre>
 *  prefixes, sorted, in lower case     above   rules, in their precedence
 *  0  (empty)                           -      /[a-z]+/admin   /.*
 *  1  /api/                             0      /api/[0-9]+
 *  2  /api/v1/                          1      /api/v1/(users|groups)   /api/v1/.+
 *  3  /shop/                            0      /shop/[^/]+/cart
 *
 *  /api/v2/x    the last prefix that does not sort after it      2  /api/v1/
 *               how far they agree                                  /api/v
 *               up from there: what is no longer than that       1, then 0
 * </pre>
 *
 * <p>A prefix of the path sorts before the path, and everything between the two begins with it as well: so all of the path's prefixes stand above
 * the place where the path would stand, and the longest comes first.
 */
final class PatternIndex<T> {
    private static final int NONE = -1;

    /** Sorted; each differs from the others. */
    private final String[] prefixes;
    /** Of each prefix, the longest one that it begins with, or {@link #NONE}. */
    private final int[] above;
    /** Of each prefix, its rules by precedence. */
    private final Rule<T>[][] rules;

    @SuppressWarnings({"unchecked", "rawtypes"}) // the arrays hold nothing but the rules of the list
    PatternIndex(List<Rule<T>> regexes) {
        TreeMap<String, List<Rule<T>>> byPrefix = new TreeMap<>();
        for (Rule<T> rule : regexes) {
            byPrefix.computeIfAbsent(folded(rule.prefix()), prefix -> new ArrayList<>(1))
                    .add(rule);
        }
        prefixes = byPrefix.keySet().toArray(new String[0]);
        above = new int[prefixes.length];
        rules = new Rule[prefixes.length][];
        for (int i = 0; i < prefixes.length; i++) {
            List<Rule<T>> ofPrefix = byPrefix.getOrDefault(prefixes[i], List.of());
            ofPrefix.sort(Rule.PRECEDENCE);
            rules[i] = ofPrefix.toArray(new Rule[0]);
            int before = i - 1;
            while (before != NONE && !prefixes[i].startsWith(prefixes[before])) {
                before = above[before];
            }
            above[i] = before;
        }
    }

    /** Every rule, in no order. */
    void forEach(Consumer<? super Rule<T>> action) {
        for (Rule<T>[] ofPrefix : rules) {
            for (Rule<T> rule : ofPrefix) {
                action.accept(rule);
            }
        }
    }

    /**
     * The rule that goes first of those that accept the path and whose text has at least {@code shortest} characters, or null. Allocates nothing but
     * what patterns do.
     *
     * @param recorder told of every rule that is asked; null = nobody wants to know
     */
    @Nullable
    Rule<T> first(String path, int shortest, @Nullable Recorder<T> recorder) {
        Rule<T> first = null;
        int at = lastNotAfter(path);
        int common = at == NONE ? 0 : agreement(prefixes[at], path);
        for (; at != NONE; at = above[at]) {
            if (prefixes[at].length() <= common) {
                first = first(rules[at], path, shortest, first, recorder);
            }
        }
        return first;
    }

    /** The better of {@code first} and the first rule of the list that accepts the path. */
    private static <T> @Nullable Rule<T> first(
            Rule<T>[] byPrecedence,
            String path,
            int shortest,
            @Nullable Rule<T> first,
            @Nullable Recorder<T> recorder) {
        for (Rule<T> rule : byPrecedence) {
            if (rule.path().length() < shortest || first != null && Rule.PRECEDENCE.compare(first, rule) < 0) {
                break; // what follows goes after it
            }
            boolean accepted = rule.accepts(path);
            if (recorder != null) {
                recorder.lookedAt(rule, accepted);
            }
            if (accepted) {
                return rule;
            }
        }
        return first;
    }

    /** The last prefix that does not sort after the path, or {@link #NONE}. */
    private int lastNotAfter(String path) {
        int low = 0;
        int high = prefixes.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (sortsAfter(prefixes[middle], path)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }

    private static boolean sortsAfter(String prefix, String path) {
        int common = agreement(prefix, path);
        return common < prefix.length()
                && (common == path.length() || prefix.charAt(common) > folded(path.charAt(common)));
    }

    /** How many characters at the beginning of a path are those of a prefix, but for case. */
    private static int agreement(String prefix, String path) {
        int most = Math.min(prefix.length(), path.length());
        int common = 0;
        while (common < most && prefix.charAt(common) == folded(path.charAt(common))) {
            common++;
        }
        return common;
    }

    private static char folded(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
    }

    private static String folded(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            folded.append(folded(text.charAt(i)));
        }
        return folded.toString();
    }
}
