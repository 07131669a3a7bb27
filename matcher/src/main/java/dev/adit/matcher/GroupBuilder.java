package dev.adit.matcher;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the rules of one host pattern; not thread-safe. */
final class GroupBuilder<T> {
    private final Map<PathKind, Map<String, Rule<T>>> rules = new EnumMap<>(PathKind.class);
    private @Nullable T fallback;

    /** Starts with the rules of {@code group}, or with none. */
    GroupBuilder(@Nullable HostGroup<T> group) {
        if (group != null) {
            group.forEach(this::add);
            fallback = group.fallback;
        }
    }

    /** Adds a rule unless there is one of its kind and path; says whether it did. */
    boolean add(Rule<T> rule) {
        return rules.computeIfAbsent(rule.kind(), kind -> new HashMap<>()).putIfAbsent(rule.path(), rule) == null;
    }

    void fallback(T value) {
        fallback = value;
    }

    HostGroup<T> build() {
        List<Rule<T>> spelledOut = new ArrayList<>();
        List<Rule<T>> patterns = new ArrayList<>(0);
        rules.forEach((kind, ofKind) -> (kind == PathKind.REGEX ? patterns : spelledOut).addAll(ofKind.values()));
        return new HostGroup<>(spelledOut, patterns, fallback);
    }
}
