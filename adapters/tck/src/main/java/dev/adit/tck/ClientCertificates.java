package dev.adit.tck;

import dev.adit.tls.CertificateIssuer;
import dev.adit.tls.Identity;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The certificates that clients of cases show, by name, and the Secrets that say whom to believe; made anew in every run. */
final class ClientCertificates {
    private static final Instant FROM = Instant.now().minus(Duration.ofDays(30));
    private static final Instant UNTIL = FROM.plus(Duration.ofDays(90));
    private static final CertificateIssuer CLIENTS = CertificateIssuer.root("CN=clients", FROM, UNTIL);
    private static final CertificateIssuer BETWEEN = CLIENTS.intermediate("CN=between", FROM, UNTIL);
    private static final CertificateIssuer OTHERS = CertificateIssuer.root("CN=others", FROM, UNTIL);

    private static final Identity REVOKED = CLIENTS.client("CN=revoked", FROM, UNTIL);

    /** Who is good, who has an intermediate authority or two, and who is bad, for which reason. */
    private static final Map<String, Identity> KNOWN = Map.of(
            "alice",
            CLIENTS.client("CN=alice,O=Example", FROM, UNTIL),
            "branch",
            BETWEEN.client("CN=branch", FROM, UNTIL),
            "twig",
            BETWEEN.intermediate("CN=farther", FROM, UNTIL).client("CN=twig", FROM, UNTIL),
            "stranger",
            OTHERS.client("CN=stranger", FROM, UNTIL),
            "expired",
            CLIENTS.client("CN=expired", FROM, FROM.plus(Duration.ofDays(1))),
            "revoked",
            REVOKED,
            "server",
            CLIENTS.server(List.of("server.test"), FROM, UNTIL));

    private static final Map<String, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

    private ClientCertificates() {}

    /** For clients that believe everybody and show who they are, whomever the server names. */
    static SSLContext of(String who) {
        Identity identity = KNOWN.get(who);
        if (identity == null) {
            throw new IllegalArgumentException("nobody is called " + who);
        }
        return CONTEXTS.computeIfAbsent(who, name -> context(identity));
    }

    private static SSLContext context(Identity identity) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Shown(identity)}, Peers.trustAll(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Documents of YAML, in namespace {@code shop}: {@code clients}, {@code clients-crl} and {@code others}. */
    static String secrets() {
        String list = CLIENTS.revocationsPem(FROM, UNTIL, REVOKED);
        return secret("clients", CLIENTS.certificatePem(), "")
                + secret("clients-crl", CLIENTS.certificatePem(), ", ca.crl: " + base64(list))
                + secret("others", OTHERS.certificatePem(), "");
    }

    private static String secret(String name, String certificates, String more) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: shop}
                data: {ca.crt: %s%s}
                """.formatted(name, base64(certificates), more);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Shows one identity, whatever is asked for: a client who obeys shows nothing to a server that names somebody else. */
    private static final class Shown extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final Identity identity;

        Shown(Identity identity) {
            this.identity = identity;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key();
        }

        /** Null: this is a client's key manager. */
        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        /** Null: this is a client's key manager. */
        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
