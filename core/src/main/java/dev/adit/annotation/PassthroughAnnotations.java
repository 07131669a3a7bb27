package dev.adit.annotation;

import dev.adit.annotation.NginxVocabulary.Treatment;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.policy.Balancing;
import dev.adit.policy.HashKey;
import dev.adit.policy.Resilience;
import dev.adit.policy.Settings;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code ssl-passthrough}, and what becomes of the others of {@link NginxDialect} beside it: nobody reads the requests, so
 * only those count that say which endpoint a connection goes to.
 */
final class PassthroughAnnotations {
    private static final String KEY = "ssl-passthrough";
    private static final String HASH = "upstream-hash-by";
    private static final String CANARY = "canary";

    private static final Set<String> OF_CONNECTIONS = Set.of(
            KEY, "load-balance", "service-upstream", HASH, "upstream-hash-by-subset", "upstream-hash-by-subset-size");

    private final NginxDialect dialect;
    private final Settings settings;

    PassthroughAnnotations(NginxDialect dialect, Settings settings) {
        this.dialect = dialect;
        this.settings = settings;
    }

    /** Whether TLS is to be passed through. What cannot be honoured refuses the Ingress or closes its paths. */
    boolean asked() {
        if (dialect.text(KEY).isEmpty()) {
            return false;
        }
        if (!dialect.isBool(KEY)) {
            dialect.reject(KEY, "is not a boolean", "");
            return false;
        }
        if (!dialect.bool(KEY, false)) {
            return false;
        }
        if (!settings.sslPassthrough()) {
            dialect.deny(KEY, "is switched off", "Set enable-ssl-passthrough=true if Ingresses may ask for it.");
            return false;
        }
        return true;
    }

    /** What is left of an Ingress whose TLS is passed through. */
    IngressPolicies policies(BalancingAnnotations balancing, @Nullable Resilience resilience) {
        List<String> keys = dialect.keys();
        keys.stream().filter(key -> !isVoid(key)).forEach(dialect::judge);
        if (dialect.isBool(CANARY) && dialect.bool(CANARY, false)) {
            dialect.reject(CANARY, "cannot be chosen for connections whose TLS is passed through", "");
        }
        report(keys.stream().filter(this::isVoid).toList());
        Balancing asked = balancing.read();
        boolean byAddress = asked.hashBy() != null && isAddress(asked.hashBy());
        return new IngressPolicies(
                dialect.refused(),
                "",
                null,
                false,
                "",
                null,
                false,
                false,
                "",
                List.of(),
                false,
                "",
                "",
                settings.bodyLimit(),
                settings.timeouts(),
                settings.retry(),
                new Balancing(
                        asked.algorithm(),
                        byAddress ? asked.hashBy() : null,
                        byAddress ? asked.subset() : 0,
                        null,
                        resilience),
                null,
                null,
                true,
                null);
    }

    /** Known, and without effect here. A hash counts only if it is the client's address, as nothing else is known. */
    private boolean isVoid(String key) {
        Treatment treatment = NginxVocabulary.of(key);
        if (treatment == null || treatment == Treatment.REFUSED || treatment == Treatment.REMOVED) {
            return false;
        }
        return key.equals(HASH) ? !hashesAddress() : !OF_CONNECTIONS.contains(key);
    }

    private boolean hashesAddress() {
        try {
            return isAddress(HashKey.parse(dialect.text(HASH)));
        } catch (IllegalArgumentException e) {
            return false; // reported where it is read
        }
    }

    private static boolean isAddress(HashKey key) {
        return key.parts().size() == 1 && key.parts().get(0).source() == HashKey.Source.REMOTE_ADDR;
    }

    /** Whether somebody may rely on it to keep others out. */
    private static boolean guards(String key) {
        return NginxVocabulary.of(key) == Treatment.SECURITY
                || key.startsWith("auth-")
                || key.startsWith("limit-")
                || key.endsWith("-source-range");
    }

    private void report(List<String> voids) {
        dialect.findings()
                .info(
                        Code.TLS_PASSED_THROUGH,
                        dialect.ingress(),
                        NginxDialect.field(KEY),
                        "The TLS of its hosts is passed through to the Service of path /"
                                + (voids.isEmpty() ? "" : "; without effect: " + String.join(", ", voids)) + "."
                                + " A transport that cannot do that does not serve them.",
                        voids.isEmpty() ? Effect.NONE : Effect.IGNORED);
        for (String key : voids) {
            if (guards(key) && !dialect.isOff(key)) {
                dialect.findings()
                        .warning(
                                Code.ANNOTATION_UNSUPPORTED,
                                dialect.ingress(),
                                NginxDialect.field(key),
                                key + " guards nothing where TLS is passed through.",
                                Effect.IGNORED,
                                "Have the endpoints see to it.");
            }
        }
    }
}
