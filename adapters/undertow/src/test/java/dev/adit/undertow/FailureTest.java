package dev.adit.undertow;

import static dev.adit.undertow.UndertowTransport.UNDERTOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the judge does not ask for: a client that takes nothing, and connections kept beyond their number. */
class FailureTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void givesUpOnAClientThatDoesNotRead() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    try {
                        while (true) {
                            gateway.send(new byte[65_536]);
                        }
                    } catch (IOException e) {
                        closed.countDown();
                    }
                });
                Proxy proxy = UNDERTOW.to(upstream.port())
                        .limits(TransportLimits.DEFAULT.toBuilder()
                                .send(Duration.ofMillis(300))
                                .build())
                        .start();
                Peer client = proxy.client()) {
            client.send(GET).head();
            closed.await();
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void keepsNoMoreUnusedConnectionsThanItMay() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger closed = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    both.countDown();
                    both.await();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    gateway.rest();
                    closed.incrementAndGet();
                });
                Proxy proxy = UNDERTOW.to(upstream.port())
                        .threads(1)
                        .limits(TransportLimits.DEFAULT.toBuilder()
                                .upstreamConnections(1)
                                .build())
                        .start();
                Peer one = proxy.client();
                Peer two = proxy.client()) {
            one.send(GET);
            two.send(GET);
            assertThat(one.response()).endsWith("ok");
            assertThat(two.response()).endsWith("ok");
            await().until(() -> closed.get() == 1);
            assertThat(upstream.connections).hasValue(2);
        }
    }
}
