package dev.adit.benchmarks.matcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Generated rules and the requests to them, equal for equal arguments: 70 % Prefix and 30 % Exact rules, 10 % wildcard hosts, some hosts with
 * many more rules than others; 80 % hits, 10 % misses by host or path, 10 % requests far below a prefix, in random order.
 */
final class Table {
    private static final int NOTHING = -1;

    final List<Rule> rules = new ArrayList<>();
    /** In the order of the hosts' first rules. */
    final Map<String, List<Rule>> byHost = new LinkedHashMap<>();

    final Query[] queries;

    private final Random random;

    /**
     * A table and its requests.
     *
     * @param queries how many; a power of two
     */
    Table(Shape shape, int rules, int queries) {
        this(shape, rules, shape.hosts(rules), queries);
    }

    Table(Shape shape, int rules, int hosts, int queries) {
        random = new Random(42L * rules + shape.ordinal());
        addRules(shape, rules, hosts);
        this.queries = new Query[queries];
        for (int i = 0; i < queries; i++) {
            this.queries[i] = query();
        }
    }

    private void addRules(Shape shape, int count, int hosts) {
        double[] shares = new double[hosts];
        double sum = 0;
        for (int i = 0; i < hosts; i++) {
            sum += Math.pow(i + 10, -0.9);
            shares[i] = sum;
        }
        List<Set<String>> used = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            used.add(new HashSet<>());
        }
        for (int id = 0; id < count; id++) {
            int drawn = Arrays.binarySearch(shares, random.nextDouble() * sum);
            int index = id < hosts ? id : Math.min(hosts - 1, drawn < 0 ? -drawn - 1 : drawn);
            String path = shape.path(random, count > 50_000);
            while (!used.get(index).add(path)) {
                path = shape.path(random, true);
            }
            Rule rule = new Rule(id, host(index), path, random.nextInt(10) < 3);
            rules.add(rule);
            byHost.computeIfAbsent(rule.host(), host -> new ArrayList<>()).add(rule);
        }
    }

    private static String host(int index) {
        String site = "site" + index * 7_919 % 100_003 + ".example.com";
        return index % 10 == 9 ? "*." + site : "www." + site;
    }

    private Query query() {
        Rule rule = rules.get(random.nextInt(rules.size()));
        return switch (random.nextInt(10)) {
            case 0 ->
                random.nextBoolean()
                        ? new Query("www.nowhere" + random.nextInt(1_000) + ".example.org", rule.path())
                        : new Query(request(rule.host()), "/zz" + random.nextInt(1_000) + below(random.nextInt(5)));
            case 1 -> new Query(request(rule.host()), rule.path() + below(3 + random.nextInt(4)));
            default ->
                new Query(request(rule.host()), rule.exact() ? rule.path() : rule.path() + below(random.nextInt(3)));
        };
    }

    private String request(String host) {
        return host.startsWith("*.") ? "tenant" + random.nextInt(50) + host.substring(1) : host;
    }

    private String below(int segments) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < segments; i++) {
            path.append('/');
            path.append(random.nextInt(3) == 0 ? String.valueOf(random.nextInt(1_000_000)) : Shape.word(random));
        }
        return path.toString();
    }

    /** The rule that the specification asks for, found by reading all of them. */
    int oracle(Query query) {
        String host = query.host();
        List<Rule> candidates =
                byHost.getOrDefault(host, byHost.getOrDefault("*" + host.substring(host.indexOf('.')), List.of()));
        int best = NOTHING;
        int longest = -1;
        for (Rule rule : candidates) {
            String path = rule.path();
            if (rule.exact() && path.equals(query.path())) {
                return rule.id();
            }
            if (!rule.exact() && path.length() > longest && (query.path() + "/").startsWith(path + "/")) {
                best = rule.id();
                longest = path.length();
            }
        }
        return best;
    }
}
