package dev.adit.jetty;

import static dev.adit.jetty.JettyTransport.JETTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;

/** TLS on either side. */
class TlsTest {
    private static X509Bundle certificate(String name) throws Exception {
        return new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=" + name)
                .addSanDnsName(name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
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
    private static String manifest(int port, X509Bundle a, X509Bundle b) {
        return Proxy.manifest("http", port).replace("  rules:\n", """
                          tls:
                          - {hosts: [a.test], secretName: a}
                          - {hosts: [b.test], secretName: b}
                          rules:
                        """) + secret("a", a) + secret("b", b);
    }

    /** A connection of a client without memory of earlier ones: nothing is resumed. */
    private static Peer connect(int port, String name, String... protocols) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, SslContextFactory.TRUST_ALL_CERTS, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new Peer(socket);
    }

    private static X509Certificate shown(Peer client) throws IOException {
        return (X509Certificate) ((SSLSocket) client.socket).getSession().getPeerCertificates()[0];
    }

    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void showsEachNameItsCertificateAndSwapsThemWhileClientsAreConnected() throws Exception {
        X509Bundle a = certificate("a.test");
        X509Bundle b = certificate("b.test");
        X509Bundle renewed = certificate("a.test");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = JETTY.of(manifest(upstream.port(), a, b)).tls().start();
                Peer first = connect(proxy.server.httpsPort(), "a.test", "http/1.1");
                Peer other = connect(proxy.server.httpsPort(), "b.test")) {
            assertThat(shown(first)).isEqualTo(a.getCertificate());
            assertThat(((SSLSocket) first.socket).getApplicationProtocol()).isEqualTo("http/1.1");
            assertThat(shown(other)).isEqualTo(b.getCertificate());
            assertThat(first.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(other.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(upstream.heads.get(0)).contains("X-Forwarded-Proto: https\r\n");

            proxy.gateway.update(Proxy.resources(manifest(upstream.port(), renewed, b)));

            try (Peer second = connect(proxy.server.httpsPort(), "a.test")) {
                assertThat(shown(second)).isEqualTo(renewed.getCertificate());
                assertThat(second.send(GET).response()).endsWith("\r\n\r\nok");
            }
            assertThat(first.send(GET).response()).as("stays connected").endsWith("\r\n\r\nok");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void showsNothingToAnUnknownName() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = JETTY.of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start()) {
            assertThatThrownBy(() -> connect(proxy.server.httpsPort(), "c.test"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void doesNotWaitForAHandshakeForEver() throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .tlsHandshake(Duration.ofMillis(50))
                .build();
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = JETTY.of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .limits(limits)
                        .start();
                Peer client = Peer.connect(proxy.server.httpsPort())) {
            // The beginning of a record.
            client.send(new byte[] {22, 3, 1});
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void carriesMoreThanFitsInAnyBuffer() throws Exception {
        int size = 8 << 20;
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.in().readNBytes(size);
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    gateway.send(new byte[size]);
                    gateway.rest();
                });
                Proxy proxy = JETTY.of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start();
                Peer client = connect(proxy.server.httpsPort(), "a.test")) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + size + "\r\n\r\n");
            client.send(new byte[size]);
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            assertThat(client.in().readNBytes(size)).hasSize(size);
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void refusesAndLingersOverTls() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = JETTY.of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start();
                Peer client = connect(proxy.server.httpsPort(), "a.test")) {
            assertThat(client.send("GET / HTTP/1.1\nHost: a.test\r\n\r\nmore").rest())
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void speaksTlsToEndpointsThatAskForIt() throws Exception {
        AtomicReference<String> name = new AtomicReference<>("");
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(
                        gateway -> {
                            gateway.head();
                            ExtendedSSLSession session = (ExtendedSSLSession) ((SSLSocket) gateway.socket).getSession();
                            name.set(String.valueOf(session.getRequestedServerNames()));
                            gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                            gateway.head();
                            gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                            gateway.rest();
                            closed.countDown();
                        },
                        tlsSocket(certificate("anything.test")));
                Proxy proxy = JETTY.of(Proxy.manifest("https", upstream.port())).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(upstream.connections).hasValue(1);
            assertThat(name).as("an address is no server name").hasValue("[]");
            proxy.close();
            closed.await();
        }
    }

    @Test
    void answers502IfTheEndpointSpeaksNoTls() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = JETTY.of(Proxy.manifest("https", upstream.port())).start();
                Peer client = proxy.client()) {
            upstream.hangUp();
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").head())
                    .startsWith("HTTP/1.1 50");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    private static SSLServerSocket tlsSocket(X509Bundle certificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = certificate.toKeyManagerFactory().getKeyManagers();
        context.init(keys, null, null);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(0) {
            @Override
            public boolean matches(SNIServerName serverName) {
                return true;
            }
        }));
        socket.setSSLParameters(parameters);
        return socket;
    }
}
