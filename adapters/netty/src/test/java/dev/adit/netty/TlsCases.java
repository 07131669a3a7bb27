package dev.adit.netty;

import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** What tests of TLS have in common: engines, certificates, manifests and clients. */
final class TlsCases {
    private TlsCases() {}

    /** Those that work here. */
    static List<TlsEngine> engines() {
        return TlsEngine.OPENSSL.isAvailable() ? List.of(TlsEngine.JDK, TlsEngine.OPENSSL) : List.of(TlsEngine.JDK);
    }

    static X509Bundle certificate(String... names) throws Exception {
        return certificate(Algorithm.ecp256, names);
    }

    static X509Bundle certificate(Algorithm algorithm, String... names) throws Exception {
        CertificateBuilder builder = new CertificateBuilder()
                .algorithm(algorithm)
                .subject("CN=" + names[0])
                .setIsCertificateAuthority(true);
        for (String name : names) {
            builder.addSanDnsName(name);
        }
        return builder.buildSelfSigned();
    }

    private static String secret(String name, X509Bundle certificate) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: shop}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s}
                """.formatted(name, base64(certificate.getCertificatePEM()), base64(certificate.getPrivateKeyPEM()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** {@code a.test} and {@code b.test} over TLS. */
    static String manifest(int port, X509Bundle a, X509Bundle b) {
        return Proxy.manifest("http", port).replace("  rules:\n", """
                          tls:
                          - {hosts: [a.test], secretName: a}
                          - {hosts: [b.test], secretName: b}
                          rules:
                        """) + secret("a", a) + secret("b", b);
    }

    /** {@code manifest} with hosts whose clients must show a certificate of {@code authority}. */
    static String asking(String manifest, X509Bundle authority) {
        String asks = "annotations: {nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients}";
        return manifest.replaceFirst("(kind: Ingress\\s+metadata: \\{)", "$1" + asks + ", ")
                + """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: clients, namespace: shop}
                data: {ca.crt: %s}
                """.formatted(base64(authority.getCertificatePEM()));
    }

    /** What an endpoint listens on: takes any server name, and the first of its protocols that is offered. */
    static ServerSocket listen(X509Bundle certificate, String... applicationProtocols) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = certificate.toKeyManagerFactory().getKeyManagers();
        context.init(keys, null, null);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(applicationProtocols);
        parameters.setSNIMatchers(List.of(new SNIMatcher(0) {
            @Override
            public boolean matches(SNIServerName serverName) {
                return true;
            }
        }));
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** A connection of a client without memory of earlier ones: nothing is resumed. */
    static Peer connect(int port, String name, String... applicationProtocols) throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setApplicationProtocols(applicationProtocols);
        return connect(port, name, parameters);
    }

    /** As {@link #connect(int, String, String...)} with other protocol versions and suites, null for the usual ones. */
    static Peer connect(int port, String name, String[] protocols, String @Nullable [] cipherSuites) throws Exception {
        return connect(port, name, new SSLParameters(cipherSuites, protocols));
    }

    private static Peer connect(int port, String name, SSLParameters parameters) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new Peer(socket);
    }

    /** The hello that a client of the JDK sends to {@code name}; each char is a byte. */
    static String hello(String name) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        ByteBuffer bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    static X509Certificate shown(Peer client) throws IOException {
        return (X509Certificate) ((SSLSocket) client.socket).getSession().getPeerCertificates()[0];
    }
}
