package dev.adit.matcher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the rules of one host pattern; not thread-safe. */
final class GroupBuilder<T> {
    private final Map<Key, Rule<T>> rules = new HashMap<>();
    private @Nullable T fallback;

    /** What no two rules of a group share. */
    private record Key(PathKind kind, String path) {}

    /** Starts with the rules of {@code group}, or with none. */
    GroupBuilder(@Nullable HostGroup<T> group) {
        if (group != null) {
            for (Rule<T> rule : group.rules) {
                add(rule);
            }
            fallback = group.fallback;
        }
    }

    /** Adds a rule unless there is one of its kind and path; says whether it did. */
    boolean add(Rule<T> rule) {
        return rules.putIfAbsent(new Key(rule.kind(), rule.path()), rule) == null;
    }

    void fallback(T value) {
        fallback = value;
    }

    HostGroup<T> build() {
        return new HostGroup<>(new ArrayList<>(rules.values()), fallback);
    }
}
