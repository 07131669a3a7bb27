package dev.adit.matcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The routing rules read out loud: lists, split and sort, no index. What the real matcher is compared with. */
final class NaiveMatcher {
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private record Group(List<TestRule> rules, List<String> fallback) {}

    private Group group(String host) {
        return groups.computeIfAbsent(host, pattern -> new Group(new ArrayList<>(), new ArrayList<>()));
    }

    void add(TestRule rule) {
        switch (rule.what()) {
            case CLAIM -> group(rule.host());
            case FALLBACK -> {
                group(rule.host()).fallback.clear();
                group(rule.host()).fallback.add(rule.value());
            }
            default -> group(rule.host()).rules.add(rule);
        }
    }

    /** One host group: exact, else one-label wildcard, else every other host. */
    String pattern(String host) {
        if (!host.isEmpty() && groups.containsKey(host)) {
            return host;
        }
        List<String> labels = Arrays.asList(host.split("\\.", -1));
        String wildcard = "*." + String.join(".", labels.subList(1, labels.size()));
        if (!labels.get(0).isEmpty() && labels.size() > 1 && groups.containsKey(wildcard)) {
            return wildcard;
        }
        return groups.containsKey("") ? "" : null;
    }

    String find(String host, String path) {
        String pattern = pattern(host);
        if (pattern == null) {
            return null;
        }
        Group group = groups.get(pattern);
        String fallback = group.fallback.isEmpty() ? null : group.fallback.get(0);
        return group.rules.stream()
                .filter(rule -> matches(rule, path))
                .min(Comparator.<TestRule, Boolean>comparing(rule -> rule.what() != TestRule.What.EXACT)
                        .thenComparing(rule -> rule.path().length(), Comparator.reverseOrder())
                        .thenComparing(TestRule::what)
                        .thenComparing(TestRule::path))
                .map(TestRule::value)
                .orElse(fallback);
    }

    private static boolean matches(TestRule rule, String path) {
        return switch (rule.what()) {
            case EXACT -> rule.path().equals(path);
            case PREFIX -> {
                List<String> wanted = elements(rule.path());
                List<String> given = elements(path);
                yield given.size() >= wanted.size()
                        && given.subList(0, wanted.size()).equals(wanted);
            }
            case REGEX -> rule.pattern().matches(path);
            case FALLBACK, CLAIM -> false;
        };
    }

    private static List<String> elements(String path) {
        return Arrays.stream(path.split("/")).filter(piece -> !piece.isEmpty()).collect(Collectors.toList());
    }
}
