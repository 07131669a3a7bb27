package dev.adit.compile;

import dev.adit.policy.PathRegex;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bounds what the regular expressions of one host can cost one path together. A path asks those whose literal prefix it begins with, so what counts
 * are chains of prefixes:
 *
 * <pre>
 *  (empty)          2 expressions that may look at all of a path
 *    /shop/         1                                              the heaviest chain: 2 + 1 + 3
 *      /shop/eu/    3
 *    /help/         2
 * </pre>
 *
 * Those that are content with the beginning of a path have a share of their own, which others cannot use up. Not thread-safe.
 */
final class RegexBudget {
    /** How many characters may be looked at for one path by expressions that may look at all of it: 24 of them, for a path as long as paths may be. */
    static final int MOST_ENDLESS_STEPS = 196_608;

    /** How many by the others. Two or three nanoseconds each, together they stay below a millisecond. */
    static final int MOST_BOUNDED_STEPS = 65_536;

    private final int longestPath;
    private final Chains endless = new Chains(MOST_ENDLESS_STEPS);
    private final Chains bounded = new Chains(MOST_BOUNDED_STEPS);

    /** @param longestPath how long a path can be, in characters */
    RegexBudget(int longestPath) {
        this.longestPath = longestPath;
    }

    /** Whether there is room for one more; then it takes its place. */
    boolean takes(PathRegex regex) {
        boolean isEndless = regex.mostSteps() >= longestPath;
        return (isEndless ? endless : bounded).takes(regex.prefix(), Math.min(longestPath, regex.mostSteps()));
    }

    /** The weights of prefixes. */
    static final class Chains {
        private static final class Weight {
            /** Of the expressions with this prefix. */
            int own;
            /** Of the heaviest chain of prefixes that begin with this one, without it. */
            int below;
        }

        private final int most;
        private final TreeMap<String, Weight> sorted = new TreeMap<>();
        private final Map<String, Weight> weights = new HashMap<>();

        Chains(int most) {
            this.most = most;
        }

        /** Whether no chain becomes heavier than allowed; then the weight is added. */
        boolean takes(String prefix, int steps) {
            Weight known = weights.get(prefix);
            Weight weight = known == null ? new Weight() : known;
            if (known == null) {
                weight.below = heaviestBelow(prefix);
            }
            if (above(prefix) + weight.own + steps + weight.below > most) {
                return false;
            }
            weight.own += steps;
            if (known == null) {
                weights.put(prefix, weight);
                sorted.put(prefix, weight);
            }
            tellThoseAbove(prefix, weight.own + weight.below);
            return true;
        }

        private int above(String prefix) {
            int sum = 0;
            for (int length = prefix.length() - 1; length >= 0; length--) {
                Weight weight = weights.get(prefix.substring(0, length));
                sum += weight == null ? 0 : weight.own;
            }
            return sum;
        }

        private void tellThoseAbove(String prefix, int chain) {
            int heaviest = chain;
            for (int length = prefix.length() - 1; length >= 0; length--) {
                Weight weight = weights.get(prefix.substring(0, length));
                if (weight != null) {
                    weight.below = Math.max(weight.below, heaviest);
                    heaviest = weight.below + weight.own;
                }
            }
        }

        private int heaviestBelow(String prefix) {
            int heaviest = 0;
            String nearest = null;
            for (Map.Entry<String, Weight> entry : sorted.tailMap(prefix, false).entrySet()) {
                if (!entry.getKey().startsWith(prefix)) {
                    break;
                }
                if (nearest == null || !entry.getKey().startsWith(nearest)) {
                    nearest = entry.getKey();
                    heaviest = Math.max(heaviest, entry.getValue().own + entry.getValue().below);
                }
            }
            return heaviest;
        }
    }
}
