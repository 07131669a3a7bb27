package dev.adit.benchmarks.matcher;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What a screenful of code over the JDK's maps achieves. */
final class Floors {
    private Floors() {}

    /** Looks the whole path up, then the path without its last segment, and so on. */
    static ToIntFunction<String> hashMap(List<Rule> rules) {
        Map<String, Rule> exact = new HashMap<>();
        Map<String, Rule> prefixes = new HashMap<>();
        for (Rule rule : rules) {
            (rule.exact() ? exact : prefixes).put(rule.path(), rule);
        }
        return path -> {
            @Nullable Rule equal = exact.get(path);
            if (equal != null) {
                return equal.id();
            }
            for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
                @Nullable Rule rule = prefixes.get(path.substring(0, end));
                if (rule != null) {
                    return rule.id();
                }
            }
            return Contender.NOTHING;
        };
    }

    /** Looks for the greatest prefix that is not greater than the path, then for one that shares what both begin with. */
    static ToIntFunction<String> treeMap(List<Rule> rules) {
        Map<String, Rule> exact = new HashMap<>();
        TreeMap<String, Rule> prefixes = new TreeMap<>();
        for (Rule rule : rules) {
            if (rule.exact()) {
                exact.put(rule.path(), rule);
            } else {
                prefixes.put(rule.path() + "/", rule);
            }
        }
        return path -> {
            @Nullable Rule equal = exact.get(path);
            return equal == null ? floor(prefixes, path + "/") : equal.id();
        };
    }

    private static int floor(TreeMap<String, Rule> prefixes, String path) {
        String left = path;
        while (true) {
            Map.Entry<String, Rule> floor = prefixes.floorEntry(left);
            if (floor == null) {
                return Contender.NOTHING;
            }
            int common = common(floor.getKey(), left);
            if (common == floor.getKey().length()) {
                return floor.getValue().id();
            }
            int slash = left.lastIndexOf('/', common - 1);
            if (slash <= 0) {
                return Contender.NOTHING;
            }
            left = left.substring(0, slash + 1);
        }
    }

    private static int common(String one, String other) {
        int length = Math.min(one.length(), other.length());
        int common = 0;
        while (common < length && one.charAt(common) == other.charAt(common)) {
            common++;
        }
        return common;
    }
}
