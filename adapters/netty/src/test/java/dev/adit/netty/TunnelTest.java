package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Bytes both ways after 101, for as long as anybody has some. */
class TunnelTest {
    private static final String UPGRADE =
            "GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    @Test
    void passesBytesOnAndEndsOneSideAtATime() throws Exception {
        String[] seen = new String[1];
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    assertThat(gateway.head()).contains("Connection: Upgrade\r\n", "Upgrade: websocket\r\n");
                    gateway.send(SWITCH + "welcome");
                    seen[0] = gateway.rest();
                    gateway.send("the end");
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send(UPGRADE + "early");
            assertThat(client.head())
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("Connection: Upgrade\r\n", "Upgrade: websocket\r\n");
            assertThat(client.read(7)).isEqualTo("welcome");
            client.send(" late");
            client.endOutput();

            assertThat(client.rest()).isEqualTo("the end");
            assertThat(seen[0]).isEqualTo("early late");
            proxy.awaitOutcomes(Outcome.COMPLETED);
            assertThat(upstream.failures).isEmpty();
        }
    }

    @Test
    void carriesMoreThanFitsInAnyBuffer() throws Exception {
        int blocks = 16;
        try (ScriptedUpstream echo = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(SWITCH);
                    gateway.in().transferTo(gateway.out());
                    gateway.endOutput();
                });
                Proxy proxy = Proxy.to(echo.port()).start();
                Peer client = proxy.client()) {
            client.send(UPGRADE).head();
            Thread sender = new Thread(() -> {
                try {
                    OutputStream out = client.out();
                    for (int i = 0; i < blocks; i++) {
                        out.write(new byte[1 << 20]);
                    }
                    client.endOutput();
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            sender.start();
            assertThat(client.rest()).hasSize(blocks << 20);
            sender.join();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void isAnOrdinaryRequestIfTheUpstreamDoesNotSwitch() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("no");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(UPGRADE).response()).endsWith("\r\n\r\nno");
            assertThat(client.send(UPGRADE).response()).endsWith("\r\n\r\nno");
            assertThat(upstream.connections).hasValue(1);
        }
    }

    @Test
    void endsWhenEitherSideIsReset() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(SWITCH);
                    gateway.rest();
                    ended.countDown();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send(UPGRADE).head();
            client.reset();
            ended.await();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void endsAfterSilence() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send(SWITCH);
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(upstream.port())
                        .limits(TransportLimits.DEFAULT.toBuilder()
                                .tunnelIdle(Duration.ofMillis(200))
                                .build())
                        .start();
                Peer client = proxy.client()) {
            client.send(UPGRADE).head();
            assertThat(client.rest()).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }
}
