package dev.adit.annotation;

import dev.adit.policy.Affinity;
import dev.adit.policy.Balancing;
import dev.adit.policy.Balancing.Algorithm;
import dev.adit.policy.HashKey;
import dev.adit.policy.SessionCookie;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Those of {@link NginxDialect} that say which endpoint serves a request. */
final class BalancingAnnotations {
    private static final Map<String, Algorithm> ALGORITHMS = Map.of(
            "", Algorithm.ROUND_ROBIN,
            "round_robin", Algorithm.ROUND_ROBIN,
            "ewma", Algorithm.EWMA,
            // Names that ingress-nginx gives to what the other annotations ask for.
            "chash", Algorithm.ROUND_ROBIN,
            "chashsubset", Algorithm.ROUND_ROBIN,
            "sticky_balanced", Algorithm.ROUND_ROBIN,
            "sticky_persistent", Algorithm.ROUND_ROBIN,
            // Ours.
            "least-connections", Algorithm.LEAST_CONNECTIONS,
            "random-of-two", Algorithm.RANDOM_OF_TWO);

    /** Names of other programs, and what stands in for them here. */
    private static final Map<String, String> INSTEAD = Map.of(
            "ip_hash", "Use upstream-hash-by: $remote_addr.",
            "least_conn", "Use least-connections, or ewma.",
            "random", "Use random-of-two, or ewma.");

    private final NginxDialect dialect;

    BalancingAnnotations(NginxDialect dialect) {
        this.dialect = dialect;
    }

    Balancing read() {
        String word = dialect.text("load-balance");
        Algorithm algorithm = ALGORITHMS.get(word);
        if (algorithm == null) {
            dialect.reject(
                    "load-balance",
                    "is none of round_robin, ewma, least-connections and random-of-two",
                    INSTEAD.getOrDefault(word, ""));
            return Balancing.DEFAULT;
        }
        if (dialect.bool("service-upstream", false)) {
            return new Balancing(Algorithm.SERVICE, null, 0, affinity(), null);
        }
        HashKey hashBy = hashBy();
        boolean subset = hashBy != null && dialect.bool("upstream-hash-by-subset", false);
        return new Balancing(algorithm, hashBy, subset ? subsetSize() : 0, affinity(), null);
    }

    private @Nullable HashKey hashBy() {
        String text = dialect.text("upstream-hash-by");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return HashKey.parse(text);
        } catch (IllegalArgumentException e) {
            dialect.reject("upstream-hash-by", Objects.toString(e.getMessage(), ""), "");
            return null;
        }
    }

    private int subsetSize() {
        int size = dialect.integer("upstream-hash-by-subset-size", 3);
        if (size < 1 || size > Balancing.MAX_SUBSET) {
            dialect.invalid("upstream-hash-by-subset-size", "is not between 1 and " + Balancing.MAX_SUBSET);
            return 3;
        }
        return size;
    }

    private @Nullable Affinity affinity() {
        String kind = dialect.text("affinity");
        if (kind.isEmpty()) {
            return null;
        }
        if (!kind.equals("cookie")) {
            dialect.invalid("affinity", "is not cookie");
            return null;
        }
        return new Affinity(
                oneOf("affinity-mode", "balanced", "balanced", "persistent").equals("persistent"),
                cookie(),
                dialect.bool("session-cookie-change-on-failure", false),
                oneOf("affinity-canary-behavior", "sticky", "sticky", "legacy").equals("sticky"));
    }

    private SessionCookie cookie() {
        return new SessionCookie(
                matching("session-cookie-name", SessionCookie.NAME, "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}"),
                matching("session-cookie-path", "", "/[\\x21-\\x3a\\x3c-\\x7e]{0,1000}"),
                matching("session-cookie-domain", "", "\\.?[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*"),
                oneOf("session-cookie-samesite", "", "None", "Lax", "Strict"),
                dialect.bool("session-cookie-conditional-samesite-none", false),
                dialect.bool("session-cookie-secure", false),
                Math.max(-1, dialect.integer("session-cookie-max-age", -1)),
                Math.max(-1, dialect.integer("session-cookie-expires", -1)));
    }

    private String oneOf(String key, String standard, String... words) {
        String value = dialect.text(key);
        for (String word : words) {
            if (word.equalsIgnoreCase(value)) {
                return word;
            }
        }
        if (!value.isEmpty()) {
            dialect.invalid(key, "is none of " + String.join(", ", words));
        }
        return standard;
    }

    private String matching(String key, String standard, String pattern) {
        String value = dialect.text(key);
        if (value.isEmpty() || value.matches(pattern)) {
            return value.isEmpty() ? standard : value;
        }
        dialect.invalid(key, "holds characters that do not belong there");
        return standard;
    }
}
