package dev.adit.tck;

import dev.adit.tls.CertificateIssuer;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints that speak TLS, by what they show, and the Secrets against which that is verified:
 *
 * <pre>
 *   Secret authority   ca.crt of "authority"    issues tls, tls-other, tls-demanding, and the intermediate that issues tls-deep
 *   Secret stranger    ca.crt of "stranger"     issues tls-stranger
 *   Secret client      tls.crt, tls.key         CN=client, which tls-demanding wants to see
 * </pre>
 */
final class SecureEndpoints {
    private static final Instant BEGIN = Instant.now().minus(Duration.ofDays(1));
    private static final Instant END = Instant.now().plus(Duration.ofDays(30));
    private static final CertificateIssuer AUTHORITY = CertificateIssuer.root("CN=authority", BEGIN, END);
    private static final CertificateIssuer STRANGER = CertificateIssuer.root("CN=stranger", BEGIN, END);

    private static final String SERVICE = Manifest.SERVED + ".shop.svc";
    private static final String DEMANDING = "tls-demanding";

    /** How endpoints of a case are called, and what they show. */
    private static final Map<String, SSLContext> KINDS = Map.of(
            "tls",
            showing(server(AUTHORITY, SERVICE)),
            "tls-other",
            showing(server(AUTHORITY, "other.test")),
            "tls-deep",
            showing(server(AUTHORITY.intermediate("CN=between", BEGIN, END), SERVICE)),
            "tls-stranger",
            showing(server(STRANGER, SERVICE)),
            DEMANDING,
            showing(server(AUTHORITY, SERVICE)));

    /** Documents of YAML that every case has. */
    static final String SECRETS = authorities("authority", AUTHORITY)
            + authorities("stranger", STRANGER)
            + Handshakes.secret("client", AUTHORITY.client("CN=client", BEGIN, END));

    private SecureEndpoints() {}

    private static Identity server(CertificateIssuer issuer, String name) {
        return issuer.server(List.of(name), BEGIN, END);
    }

    private static String authorities(String name, CertificateIssuer issuer) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: shop}
                stringData:
                  ca.crt: |
                %s""".formatted(name, issuer.certificatePem().indent(4));
    }

    private static SSLContext showing(Identity identity) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setKeyEntry(
                    "own", identity.key(), new char[0], identity.chain().toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new Peers.TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    static boolean has(String kind) {
        return KINDS.containsKey(kind);
    }

    /**
     * Shakes hands as an endpoint of this kind, and takes whatever version of HTTP is asked for. Null if there was no agreement: then the
     * connection is closed.
     */
    static @Nullable Socket secure(String kind, Socket plain) {
        try {
            return shakeHands(kind, plain);
        } catch (IOException e) { // the transport has alerted us, or we it, or it is gone
            close(plain);
            return null;
        }
    }

    private static Socket shakeHands(String kind, Socket plain) throws IOException {
        SSLContext context = Objects.requireNonNull(KINDS.get(kind));
        // TLS that ends does not end the connection: whoever is told must do that.
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, false);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        parameters.setNeedClientAuth(kind.equals(DEMANDING));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server name that a client asked for; {@code nobody} if none. */
    static String asked(Socket socket) {
        if (socket instanceof SSLSocket secure && secure.getSession() instanceof ExtendedSSLSession session) {
            return session.getRequestedServerNames().stream()
                    .map(name -> new String(name.getEncoded(), StandardCharsets.US_ASCII))
                    .findFirst()
                    .orElse("nobody");
        }
        throw new AssertionError("the connection has no TLS");
    }

    /** The subject of the certificate that a client showed; {@code nothing} if none. */
    static String shown(Socket socket) {
        if (!(socket instanceof SSLSocket secure)) {
            throw new AssertionError("the connection has no TLS");
        }
        try {
            X509Certificate leaf = (X509Certificate) secure.getSession().getPeerCertificates()[0];
            return leaf.getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return "nothing";
        }
    }
}
