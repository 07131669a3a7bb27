package dev.adit.netty;

import static dev.adit.netty.NettyTransport.NETTY;
import static dev.adit.netty.NettyTransport.with;
import static dev.adit.netty.TlsCases.certificate;
import static dev.adit.netty.TlsCases.connect;
import static dev.adit.netty.TlsCases.listen;
import static dev.adit.netty.TlsCases.manifest;
import static dev.adit.netty.TlsCases.shown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.exchange.Outcome;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.netty.pkitesting.X509Bundle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS on either side. */
class TlsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void showsEachNameItsCertificateAndSwapsThemWhileClientsAreConnected(TlsEngine engine) throws Exception {
        X509Bundle a = certificate("a.test");
        X509Bundle b = certificate("b.test");
        X509Bundle renewed = certificate("a.test");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy =
                        with(engine).of(manifest(upstream.port(), a, b)).tls().start();
                Peer first = connect(proxy.server.httpsPort(), "a.test", "http/1.1");
                Peer other = connect(proxy.server.httpsPort(), "b.test")) {
            assertThat(shown(first)).isEqualTo(a.getCertificate());
            assertThat(((SSLSocket) first.socket).getApplicationProtocol()).isEqualTo("http/1.1");
            assertThat(shown(other)).isEqualTo(b.getCertificate());
            assertThat(first.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(upstream.heads.get(0)).contains("X-Forwarded-Proto: https\r\n");

            proxy.gateway.update(Proxy.resources(manifest(upstream.port(), renewed, b)));

            try (Peer second = connect(proxy.server.httpsPort(), "a.test")) {
                assertThat(shown(second)).isEqualTo(renewed.getCertificate());
                assertThat(second.send(GET).response()).endsWith("\r\n\r\nok");
            }
            assertThat(first.send(GET).response()).as("stays connected").endsWith("\r\n\r\nok");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void agreesOnHttp2(TlsEngine engine) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start();
                Peer both = connect(proxy.server.httpsPort(), "a.test", "http/1.1", "h2");
                Peer neither = connect(proxy.server.httpsPort(), "a.test")) {
            assertThat(((SSLSocket) both.socket).getApplicationProtocol()).isEqualTo("h2");
            Http2Peer client = Http2Peer.client(both);
            assertThat(client.get(1, "/").answer(1).body()).isEqualTo("ok");
            assertThat(upstream.heads.get(0)).contains("X-Forwarded-Proto: https\r\n");
            assertThat(neither.send(GET).response()).endsWith("\r\n\r\nok");
            proxy.close();
            assertThat(client.next(Http2Peer.GOAWAY, 0).code()).isZero();
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void showsNothingToAnUnknownName(TlsEngine engine) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start()) {
            assertThatThrownBy(() -> connect(proxy.server.httpsPort(), "c.test"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void carriesMoreThanFitsInAnyBuffer(TlsEngine engine) throws Exception {
        int size = 8 << 20;
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.in().readNBytes(size);
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    gateway.send(new byte[size]);
                    gateway.rest();
                });
                Proxy proxy = with(engine)
                        .of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
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

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void refusesAndLingersOverTls(TlsEngine engine) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
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
                        listen(certificate("anything.test")));
                Proxy proxy = NETTY.of(Proxy.manifest("https", upstream.port())).start();
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
                Proxy proxy = NETTY.of(Proxy.manifest("https", upstream.port())).start();
                Peer client = proxy.client()) {
            upstream.hangUp();
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").head())
                    .startsWith("HTTP/1.1 50");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }
}
