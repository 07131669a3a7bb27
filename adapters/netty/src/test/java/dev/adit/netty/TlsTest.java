package dev.adit.netty;

import static dev.adit.netty.NettyTransport.with;
import static dev.adit.tck.fixture.TlsPeers.certificate;
import static dev.adit.tck.fixture.TlsPeers.connect;
import static dev.adit.tck.fixture.TlsPeers.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS that leads to HTTP/2; the rest is the same for every transport. */
class TlsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

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
}
