package dev.adit.tck;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A policy of the route of a case, as the case writes it: a kind and {@code key=value} options.
 *
 * @param kind {@code auth}, {@code pages}, {@code mirror} or {@code retry}
 * @param options what the kind has options for; those that are missing have their defaults
 */
record Policy(String kind, Map<String, String> options) {
    /** Kinds that ask somebody, who is called like them in a script. */
    static final List<String> ASKED = List.of("auth", "pages", "mirror");

    private static final Map<String, Set<String>> OPTIONS = Map.of(
            "auth", Set.of("at", "method", "host", "target", "fields", "sign-in", "cookies"),
            "pages", Set.of("at", "statuses", "max-bytes"),
            "mirror", Set.of("at", "host", "prefix", "max-body"),
            "retry", Set.of("on", "tries", "replay-bytes"));

    Policy {
        options = Map.copyOf(options);
        Set<String> known = OPTIONS.get(kind);
        if (known == null || !known.containsAll(options.keySet())) {
            throw new IllegalArgumentException("no such policy: " + kind + " " + options);
        }
    }

    static Policy of(String text) {
        String[] words = text.strip().split("\\s+");
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : Arrays.asList(words).subList(1, words.length)) {
            String[] parts = option.split("=", 2);
            options.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        return new Policy(words[0], options);
    }

    String text(String key, String otherwise) {
        return options.getOrDefault(key, otherwise);
    }

    int number(String key, int otherwise) {
        String value = options.get(key);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    List<String> list(String key) {
        String value = text(key, "");
        return value.isEmpty() ? List.of() : List.of(value.split(","));
    }

    /** The kinds of the endpoints of who is asked. */
    List<String> endpoints() {
        return List.of(text("at", "live").split(","));
    }
}
