package dev.adit.benchmarks.matcher;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Who takes part, by the name in the charts. */
public enum Contenders {
    ADIT("Adit", AditContender::new),
    UNDERTOW("Undertow PathMatcher", table -> PerHost.of(table, Rivals::undertow)),
    JETTY("Jetty PathMappings", table -> PerHost.of(table, Rivals::jetty)),
    ARMERIA("Armeria Router", table -> PerHost.of(table, Rivals::armeria)),
    SPRING("Spring PathPattern", table -> PerHost.of(table, Rivals::spring)),
    VERTX("Vert.x Router", table -> PerHost.of(table, new VertxRouters()::router)),
    HASH_MAP("hash map by segments", table -> PerHost.of(table, Floors::hashMap)),
    TREE_MAP("tree map", table -> PerHost.of(table, Floors::treeMap));

    final String label;
    private final Function<Table, Contender> build;

    Contenders(String label, Function<Table, Contender> build) {
        this.label = label;
        this.build = build;
    }

    Contender build(Table table) {
        return build.apply(table);
    }

    /** Builds one whose answers to all requests are those of {@code oracle}. */
    Contender checked(Table table, Contender oracle) {
        Contender contender = build(table);
        for (Query query : table.queries) {
            int expected = oracle.find(query.host(), query.path());
            byte[] host = query.host().getBytes(StandardCharsets.ISO_8859_1);
            byte[] text = (query.host() + query.path()).getBytes(StandardCharsets.ISO_8859_1);
            int answer = contender.find(text, 0, host.length, host.length, text.length - host.length);
            if (answer != expected) {
                throw new IllegalStateException(label + " answers " + query + " with " + answer + ", not " + expected);
            }
        }
        return contender;
    }
}
