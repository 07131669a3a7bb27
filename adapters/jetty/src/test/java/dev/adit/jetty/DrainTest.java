package dev.adit.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.exchange.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The end of a server, and the life of its listeners. */
class DrainTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void finishesWhatIsUnderWayAndClosesTheRest() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (true) {
                        if (gateway.head().startsWith("GET /slow")) {
                            asked.countDown();
                            answer.await();
                        }
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                Proxy proxy =
                        Proxy.to(upstream.port()).grace(Duration.ofSeconds(30)).start();
                Peer idle = proxy.client();
                Peer busy = proxy.client()) {
            idle.send(GET).response();
            busy.send(GET.replace("/ ", "/slow "));
            asked.await();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(proxy.server::close);

            assertThat(idle.rest()).isEmpty();
            assertThatThrownBy(() -> proxy.client()).isInstanceOf(IOException.class);
            answer.countDown();
            assertThat(busy.rest()).contains("Connection: close\r\n").endsWith("\r\n\r\nok");
            closing.get(10, TimeUnit.SECONDS);
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void closesWhatIsLeftAfterTheGracePeriod() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    gateway.rest();
                });
                Proxy proxy =
                        Proxy.to(upstream.port()).grace(Duration.ofMillis(50)).start();
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
                Proxy proxy = Proxy.to(upstream.port()).start();
                JettyGateway second = JettyGateway.builder()
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
        assertThatThrownBy(() -> JettyGateway.builder()
                        .gateway(dev.adit.Gateway.builder().build())
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }
}
