package dev.adit.undertow;

import static dev.adit.undertow.UndertowTransport.UNDERTOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.exchange.Outcome;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The end of a server, and the life of its listeners. */
class DrainTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void closesWhatIsLeftAfterTheGracePeriod() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    gateway.rest();
                });
                Proxy proxy = UNDERTOW.to(upstream.port())
                        .grace(Duration.ofMillis(50))
                        .start();
                Peer busy = proxy.client()) {
            busy.send(GET);
            asked.await();
            proxy.server.close();

            assertThat(busy.rest()).isIn("", "(reset)");
            proxy.awaitOutcomes(Outcome.CANCELLED);
        }
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = UNDERTOW.to(upstream.port()).start();
                UndertowGateway second = UndertowGateway.builder()
                        .gateway(proxy.gateway)
                        .bind(java.net.InetAddress.getLoopbackAddress())
                        .http(proxy.server.httpPort())
                        .build()) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(String.valueOf(proxy.server.httpPort()));
            assertThat(proxy.server.httpsPort()).isEqualTo(-1);
        }
    }

    @Test
    void asksForAPort() {
        assertThatThrownBy(() -> UndertowGateway.builder()
                        .gateway(dev.adit.Gateway.builder().build())
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }
}
