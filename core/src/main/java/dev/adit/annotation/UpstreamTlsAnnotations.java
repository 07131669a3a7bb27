package dev.adit.annotation;

import dev.adit.diagnostic.Code;
import dev.adit.tls.TlsPolicy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those of {@link NginxDialect} that say how TLS is spoken to endpoints. What would leave a connection unverified, or without the
 * certificate it is to show, closes the Ingress's paths instead; anything else has a default that is at least as strict.
 */
final class UpstreamTlsAnnotations {
    private static final String SECRET = "proxy-ssl-secret";
    private static final String VERIFY = "proxy-ssl-verify";
    private static final String DEPTH = "proxy-ssl-verify-depth";
    private static final String NAME = "proxy-ssl-name";
    private static final String SERVER_NAME = "proxy-ssl-server-name";
    private static final String PROTOCOLS = "proxy-ssl-protocols";
    private static final String CIPHERS = "proxy-ssl-ciphers";

    private static final int DEFAULT_DEPTH = 1;
    /** A Java platform reads no longer chains anyway. */
    private static final int MAX_DEPTH = 10;

    private final NginxDialect dialect;
    private final String namespace;

    UpstreamTlsAnnotations(NginxDialect dialect, String namespace) {
        this.dialect = dialect;
        this.namespace = namespace;
    }

    /** Null if nothing is said that differs from what is done anyway. */
    @Nullable
    UpstreamTls read() {
        String secret = secret();
        boolean verify = verify(!secret.isEmpty());
        UpstreamTls tls = new UpstreamTls(secret, verify, depth(), name(), sendsName(), policy());
        boolean plain =
                secret.isEmpty() && !verify && tls.name().isEmpty() && tls.sendsName() == null && tls.policy() == null;
        return plain ? null : tls;
    }

    private String secret() {
        String value = dialect.text(SECRET);
        int slash = value.indexOf('/');
        if (value.isEmpty()) {
            return "";
        }
        if (slash <= 0 || slash == value.length() - 1 || value.indexOf('/', slash + 1) >= 0) {
            dialect.deny(
                    Code.ANNOTATION_INVALID,
                    SECRET,
                    "is not namespace/name",
                    "Write " + namespace + "/ and the name of the Secret.");
            return "";
        }
        if (!value.substring(0, slash).equals(namespace)) {
            dialect.deny(
                    Code.SECRET_NAMESPACE,
                    SECRET,
                    "names a Secret of another namespace, which is not for this one",
                    "Copy the Secret to namespace " + namespace + ".");
            return "";
        }
        return value.substring(slash + 1);
    }

    /** A word that is not known may have been meant to switch it on. */
    private boolean verify(boolean trustsSomebody) {
        String value = dialect.text(VERIFY);
        switch (value) {
            case "", "off" -> {
                return false;
            }
            case "on" -> {
                if (!trustsSomebody && dialect.text(SECRET).isEmpty()) {
                    dialect.deny(
                            Code.ANNOTATION_INVALID,
                            VERIFY,
                            "needs proxy-ssl-secret: nothing says whom to trust",
                            "Name a Secret that holds the authority's certificate in ca.crt.");
                }
                return trustsSomebody;
            }
            default -> {
                dialect.deny(Code.ANNOTATION_INVALID, VERIFY, "is neither on nor off", "");
                return false;
            }
        }
    }

    private int depth() {
        int depth = dialect.integer(DEPTH, DEFAULT_DEPTH);
        if (depth < 0 || depth > MAX_DEPTH) {
            dialect.invalid(DEPTH, "is not between 0 and " + MAX_DEPTH);
            return DEFAULT_DEPTH;
        }
        return depth;
    }

    private String name() {
        String value = dialect.text(NAME);
        if (!value.matches("[A-Za-z0-9._:-]{0,253}")) {
            dialect.invalid(NAME, "is neither a DNS name nor an address");
            return "";
        }
        return value;
    }

    private @Nullable Boolean sendsName() {
        return switch (dialect.text(SERVER_NAME)) {
            case "" -> null;
            case "on" -> true;
            case "off" -> false;
            default -> {
                dialect.invalid(SERVER_NAME, "is neither on nor off");
                yield null;
            }
        };
    }

    private @Nullable TlsPolicy policy() {
        String protocols = known(PROTOCOLS, List.of("TLSv1.2", "TLSv1.3"), dialect.text(PROTOCOLS));
        String ciphers = dialect.text(CIPHERS);
        List<String> unknown = TlsPolicy.unknownCiphers(ciphers);
        String taken = unknown.isEmpty() ? ciphers : without(CIPHERS, unknown, ciphers);
        if (protocols.isEmpty() && taken.isEmpty()) {
            return null;
        }
        TlsPolicy policy = TlsPolicy.INTERMEDIATE;
        policy = protocols.isEmpty() ? policy : policy.withProtocols(protocols);
        return taken.isEmpty() ? policy : policy.withCiphers(taken);
    }

    private String known(String key, List<String> words, String list) {
        List<String> unknown = Arrays.stream(list.split("[ ,]+"))
                .filter(word -> !word.isEmpty() && !words.contains(word))
                .toList();
        return unknown.isEmpty() ? list : without(key, unknown, list);
    }

    private String without(String key, List<String> unknown, String list) {
        if (!unknown.equals(List.of("DEFAULT"))) { // OpenSSL's word for what is taken anyway
            dialect.invalid(key, "names what is not taken here: " + String.join(", ", unknown));
        }
        return String.join(
                " ",
                Arrays.stream(list.split("[:, ]+"))
                        .filter(word -> !word.isEmpty() && !unknown.contains(word))
                        .toList());
    }
}
