package dev.adit.benchmarks.matcher;

import dev.adit.matcher.PathKind;
import dev.adit.matcher.RouteMatcher;
import org.jspecify.annotations.Nullable;

final class AditContender implements Contender {
    private final RouteMatcher<Rule> matcher;

    AditContender(Table table) {
        matcher = matcher(table);
    }

    static RouteMatcher<Rule> matcher(Table table) {
        RouteMatcher.Builder<Rule> builder = RouteMatcher.builder();
        for (Rule rule : table.rules) {
            builder.add(rule.host(), rule.exact() ? PathKind.EXACT : PathKind.PREFIX, rule.path(), rule);
        }
        return builder.build();
    }

    @Override
    public int find(String host, String path) {
        return id(matcher.find(host, path));
    }

    @Override
    public int find(byte[] text, int host, int hostLength, int path, int pathLength) {
        return id(matcher.find(text, host, hostLength, path, pathLength));
    }

    private static int id(@Nullable Rule rule) {
        return rule == null ? NOTHING : rule.id();
    }
}
