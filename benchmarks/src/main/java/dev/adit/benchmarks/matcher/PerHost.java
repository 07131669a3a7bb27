package dev.adit.benchmarks.matcher;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Brings hosts to routers that know only paths: one router for each host, in hash maps. */
final class PerHost implements Contender {
    private final Map<String, ToIntFunction<String>> exact = new HashMap<>();
    private final Map<String, ToIntFunction<String>> wildcard = new HashMap<>();

    private PerHost() {}

    /**
     * All hosts of a table.
     *
     * @param router makes the rules of a host a function from a path to a rule's id or {@link #NOTHING}
     */
    static PerHost of(Table table, Function<List<Rule>, ToIntFunction<String>> router) {
        PerHost hosts = new PerHost();
        table.byHost.forEach((host, rules) -> {
            if (host.startsWith("*.")) {
                hosts.wildcard.put(host.substring(1), router.apply(rules));
            } else {
                hosts.exact.put(host, router.apply(rules));
            }
        });
        return hosts;
    }

    @Override
    public int find(String host, String path) {
        @Nullable ToIntFunction<String> router = exact.get(host);
        if (router == null) {
            int dot = host.indexOf('.');
            router = dot < 0 ? null : wildcard.get(host.substring(dot));
        }
        return router == null ? NOTHING : router.applyAsInt(path);
    }
}
