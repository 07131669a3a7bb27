package dev.adit.benchmarks.matcher;

import com.linecorp.armeria.server.ArmeriaRouters;
import io.undertow.util.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Routers of others, each asked in the way that its documentation shows. */
final class Rivals {
    private Rivals() {}

    /** For routers that take the first rule that matches: Exact, then the longer Prefix. */
    static List<Rule> ordered(List<Rule> rules) {
        List<Rule> ordered = new ArrayList<>(rules);
        ordered.sort(Comparator.comparing((Rule rule) -> !rule.exact())
                .thenComparing(rule -> -rule.path().length()));
        return ordered;
    }

    static ToIntFunction<String> undertow(List<Rule> rules) {
        PathMatcher<Rule> matcher = new PathMatcher<>();
        for (Rule rule : rules) {
            if (rule.exact()) {
                matcher.addExactPath(rule.path(), rule);
            } else {
                matcher.addPrefixPath(rule.path(), rule);
            }
        }
        return path -> id(matcher.match(path).getValue());
    }

    static ToIntFunction<String> jetty(List<Rule> rules) {
        PathMappings<Rule> mappings = new PathMappings<>();
        for (Rule rule : rules) {
            mappings.put(new ServletPathSpec(rule.exact() ? rule.path() : rule.path() + "/*"), rule);
        }
        return path -> {
            @Nullable MatchedResource<Rule> matched = mappings.getMatched(path);
            return matched == null ? Contender.NOTHING : id(matched.getResource());
        };
    }

    static ToIntFunction<String> armeria(List<Rule> rules) {
        ArmeriaRouters<Rule> routers = new ArmeriaRouters<>(rules, Rule::path, Rule::exact);
        return path -> id(routers.find(path));
    }

    private record Pattern(PathPattern pattern, Rule rule) {}

    static ToIntFunction<String> spring(List<Rule> rules) {
        List<Pattern> patterns = new ArrayList<>();
        for (Rule rule : ordered(rules)) {
            String pattern = rule.exact() ? rule.path() : rule.path() + "/**";
            patterns.add(new Pattern(PathPatternParser.defaultInstance.parse(pattern), rule));
        }
        Pattern[] inOrder = patterns.toArray(new Pattern[0]);
        return path -> {
            PathContainer parsed = PathContainer.parsePath(path);
            for (Pattern pattern : inOrder) {
                if (pattern.pattern.matches(parsed)) {
                    return pattern.rule.id();
                }
            }
            return Contender.NOTHING;
        };
    }

    private static int id(@Nullable Rule rule) {
        return rule == null ? Contender.NOTHING : rule.id();
    }
}
