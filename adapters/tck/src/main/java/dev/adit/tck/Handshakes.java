package dev.adit.tck;

import dev.adit.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Certificates, their Secrets, and clients that only want to see them. */
final class Handshakes {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private Handshakes() {}

    static Identity identity(String name) {
        Instant now = Instant.now();
        return Identity.selfSigned(name, List.of(name), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)));
    }

    /** A document of YAML, in namespace {@code shop}. */
    static String secret(String name, Identity identity) {
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(identity.key().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: shop}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s}
                """.formatted(name, base64(identity.chainPem()), base64(key));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The leaf that is shown to a client which asks for {@code name} and resumes nothing.
     *
     * @param number another one each time, since clients remember servers; odd ones speak TLS 1.2
     */
    static Certificate shown(int port, int number, String name) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        // TLS 1.2 writes twice before it reads: the second would wait 40 ms for an acknowledgement of the first.
        plain.setTcpNoDelay(true);
        try (SSLSocket socket =
                (SSLSocket) Peers.TRUSTING.getSocketFactory().createSocket(plain, name + "-" + number, port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            parameters.setProtocols(new String[] {VERSIONS[number % VERSIONS.length]});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }
}
