package dev.adit.benchmarks;

import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Generated manifests and the requests to them, equal for equal seeds: 70 % Prefix and 30 % Exact rules of 1 to 6 elements
 * from a shop's vocabulary, 10 % wildcard hosts; 80 % hits, 10 % misses, 10 % requests far below a prefix.
 */
final class Workload {
    private static final String[] WORDS = {
        "api",
        "v1",
        "v2",
        "users",
        "orders",
        "items",
        "cart",
        "checkout",
        "payments",
        "invoices",
        "search",
        "catalog",
        "products",
        "reviews",
        "images",
        "static",
        "assets",
        "login",
        "logout",
        "account",
        "settings",
        "admin",
        "reports",
        "metrics",
        "health",
        "events",
        "stream",
        "files",
        "upload",
        "download",
        "tags",
        "stock",
        "prices",
        "shipping"
    };
    private static final int QUERIES = 4096;

    /** What every rule leads to. */
    static final Service SERVICE = new Service(
            Metadata.of("shop", "web"),
            "ClusterIP",
            "10.0.0.1",
            "",
            List.of(new Service.Port("http", 80, "TCP", 8080, "", "")));

    /** One request. */
    record Query(String host, String path) {}

    private record Rule(String host, boolean exact, String path) {}

    final ResourceSet resources;
    final Query[] queries;

    Workload(int size) {
        Random random = new Random(42);
        List<Rule> rules = rules(size, random);
        this.resources = resources(rules);
        this.queries = queries(rules, random);
    }

    private static List<Rule> rules(int size, Random random) {
        int hosts = Math.max(3, Math.min(1000, size / 10));
        Set<Rule> rules = new LinkedHashSet<>();
        while (rules.size() < size) {
            int h = random.nextInt(hosts);
            String host = h % 10 == 9 ? "*.w" + h + ".example.com" : "h" + h + ".example.com";
            rules.add(new Rule(host, random.nextInt(10) < 3, path(random, 1 + random.nextInt(6))));
        }
        return List.copyOf(rules);
    }

    private static String path(Random random, int elements) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < elements; i++) {
            path.append('/').append(WORDS[random.nextInt(WORDS.length)]);
            if (random.nextInt(4) == 0) {
                path.append(random.nextInt(100));
            }
        }
        return path.toString();
    }

    private static ResourceSet resources(List<Rule> rules) {
        Map<String, List<Ingress.Path>> byHost = new LinkedHashMap<>();
        for (Rule rule : rules) {
            List<Ingress.Path> paths = byHost.computeIfAbsent(rule.host, h -> new ArrayList<>());
            String field = "spec.rules[0].http.paths[" + paths.size() + "]";
            paths.add(new Ingress.Path(
                    field,
                    rule.path,
                    rule.exact ? Ingress.PathType.EXACT : Ingress.PathType.PREFIX,
                    new Ingress.ServiceBackend(field + ".backend", "web", "", 80)));
        }
        List<Resource> resources = new ArrayList<>();
        byHost.forEach((host, paths) -> resources.add(new Ingress(
                Metadata.of("shop", "i" + resources.size()),
                null,
                null,
                List.of(),
                List.of(new Ingress.Rule("spec.rules[0]", host, paths)))));
        resources.add(SERVICE);
        resources.add(slice(20));
        return ResourceSet.of(resources);
    }

    /** The slice of the one Service, with {@code count} endpoints. */
    static EndpointSlice slice(int count) {
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            endpoints.add(new EndpointSlice.Endpoint(List.of("10.1.0." + (i + 1)), true, true, false, "", ""));
        }
        Metadata metadata = new Metadata(
                "shop",
                "web-a",
                null,
                Map.of(EndpointSlice.SERVICE_LABEL, "web"),
                Map.of(),
                dev.adit.manifest.Positions.NONE);
        return new EndpointSlice(metadata, "IPv4", endpoints, List.of(new EndpointSlice.Port("http", 8080, "TCP", "")));
    }

    private static Query[] queries(List<Rule> rules, Random random) {
        Query[] queries = new Query[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            Rule rule = rules.get(random.nextInt(rules.size()));
            String host = rule.host.startsWith("*.") ? "x" + i % 7 + rule.host.substring(1) : rule.host;
            String path = switch (random.nextInt(10)) {
                case 0 -> "/nothing" + path(random, 2);
                case 1 -> rule.path + path(random, 4);
                default -> rule.path;
            };
            queries[i] = new Query(host, path);
        }
        return queries;
    }
}
