package dev.adit.undertow;

import static dev.adit.undertow.UndertowTransport.UNDERTOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.TransportLimits;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** A gateway in somebody's own Undertow server. */
class EmbeddingTest {
    @Test
    void servesBesideOtherHandlers() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = UNDERTOW.to(upstream.port()).start()) {
            dev.adit.Gateway gateway = proxy.gateway;
            // tag::embed
            UndertowGatewayHandler adit = new UndertowGatewayHandler(gateway);
            PathHandler paths = new PathHandler(adit)
                    .addExactPath(
                            "/healthz", exchange -> exchange.getResponseSender().send("fine"));
            Undertow server = UndertowGatewayHandler.configure(Undertow.builder(), TransportLimits.DEFAULT)
                    .addHttpListener(0, "127.0.0.1", paths)
                    .build();
            server.start();
            // end::embed
            int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
            try (Peer client = Peer.connect(port);
                    Peer upload = Peer.connect(port)) {
                String get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
                assertThat(client.send(get).response()).endsWith("\r\n\r\nok");
                assertThat(client.send(get.replace("/ ", "/healthz ")).response())
                        .endsWith("\r\n\r\nfine");
                assertThat(client.send(get).response()).endsWith("\r\n\r\nok");
                upload.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n");
                assertThat(upload.send(new byte[1_000_000]).response()).endsWith("\r\n\r\nok");

                adit.drain().get();
                assertThat(client.rest()).isEmpty();
                assertThat(upstream.connections).hasValueLessThanOrEqualTo(3);
            } finally {
                adit.closeNow().get();
                server.stop();
            }
        }
    }
}
