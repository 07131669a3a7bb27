package dev.adit.benchmarks.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Names that have certificates, and names that clients ask for. A tenth of the former are wildcards; of the latter four fifths are
 * known, among them by a wildcard, and the others are not. The same for the same size.
 */
final class ServerNames {
    /** What a name that nobody has a certificate for is answered with. */
    static final int DEFAULT = -1;

    private static final List<String> WORDS = List.of(
            "api", "shop", "blog", "static", "mail", "auth", "cdn", "status", "docs", "payments", "search", "assets");

    /** A certificate's number is its index. */
    final List<String> patterns = new ArrayList<>();

    final String[] asked;

    /** The names asked for, one after another. */
    final byte[] hellos;
    /** Where each of them starts, and where the last one ends. */
    final int[] starts;

    private final Map<String, Integer> numbers = new HashMap<>();

    ServerNames(int size, int queries) {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < size; i++) {
            String tenant = word(random) + "-" + i + ".tenant" + random.nextInt(1 + size / 10) + ".example";
            String pattern = i % 10 == 9 ? "*." + tenant : tenant;
            patterns.add(pattern);
            numbers.put(pattern, i);
        }
        asked = new String[queries];
        for (int i = 0; i < queries; i++) {
            String pattern = patterns.get(random.nextInt(size));
            String name = i % 5 == 4
                    ? word(random) + "." + random.nextInt(1_000_000) + ".unknown.example"
                    : pattern.replace("*", word(random));
            asked[i] = new String(name.toCharArray()); // nobody is sent the very text that is a key
        }
        // In no order that a processor could learn.
        for (int i = 0; i < queries; i++) {
            int other = random.nextInt(queries);
            String kept = asked[i];
            asked[i] = asked[other];
            asked[other] = kept;
        }
        starts = new int[queries + 1];
        for (int i = 0; i < queries; i++) {
            starts[i + 1] = starts[i] + asked[i].length();
        }
        hellos = String.join("", asked).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String word(SplittableRandom random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    /** The rules, read out loud: the name itself, else a wildcard for its first label. */
    int expected(String serverName) {
        Integer exact = numbers.get(serverName);
        return exact != null
                ? exact
                : numbers.getOrDefault("*" + serverName.substring(serverName.indexOf('.')), DEFAULT);
    }
}
