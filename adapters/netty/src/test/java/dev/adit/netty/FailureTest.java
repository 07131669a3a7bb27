package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Peers that go away, refuse, stall or answer too early. */
class FailureTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    private static int refusingPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void goesToAnotherEndpointIfOneRefuses() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(refusingPort(), upstream.port()).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 4; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.response()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void answers502IfAllRefuse() throws Exception {
        try (Proxy proxy = Proxy.to(refusingPort(), refusingPort()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 502");
            assertThat(client.send(GET).response())
                    .as("the client's connection is fine")
                    .startsWith("HTTP/1.1 502");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void doesNotMindThatAKeptConnectionWasClosed() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
                upstream.hangUp();
            }
        }
    }

    @Test
    void repeatsWhatAKeptConnectionSwallowed() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    served.incrementAndGet();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    gateway.head();
                    // Closed with the second request read and no answer, as a server does whose idle time just ran out.
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            assertThat(served).hasValue(2);
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void neverEndsATornAnswerCleanly() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    String head = gateway.head();
                    gateway.send(
                            head.startsWith("GET /counted")
                                    ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
                                    : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer counted = proxy.client();
                Peer chunked = proxy.client();
                Peer old = proxy.client()) {
            assertThat(counted.send(GET.replace("/ ", "/counted ")).rest()).endsWith("\r\n\r\nabc");
            assertThat(chunked.send(GET).rest()).endsWith("\r\n\r\n3\r\nabc\r\n");
            assertThat(old.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n").rest())
                    .as("only a reset tells an HTTP/1.0 client")
                    .endsWith("(reset)");
            proxy.awaitOutcomes(Outcome.UPSTREAM_ABORTED, Outcome.UPSTREAM_ABORTED, Outcome.UPSTREAM_ABORTED);
        }
    }

    @Test
    void tearsAnAnswerWhoseChunksAreBroken() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).rest()).endsWith("3\r\nabc\r\n");
            proxy.awaitOutcomes(Outcome.UPSTREAM_ABORTED);
        }
    }

    @Test
    void letsGoOfTheUpstreamWhenTheClientGoes() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    gateway.rest();
                    letGo.countDown();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send(GET);
            asked.await();
            client.close();
            letGo.await();
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void letsGoOfTheUpstreamWhenTheClientResetsHalfwayThroughAnything() throws Exception {
        AtomicInteger ends = new AtomicInteger();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    String head = gateway.head();
                    if (head.startsWith("GET")) {
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc");
                    }
                    gateway.rest();
                    ends.incrementAndGet();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer download = proxy.client();
                Peer upload = proxy.client()) {
            download.send(GET).head();
            download.reset();
            await().until(() -> ends.get() == 1);
            upload.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\nabc");
            await().until(() -> upstream.connections.get() == 2);
            upload.reset();
            await().until(() -> ends.get() == 2);
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED, Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void relaysAnEarlyRefusalAndClosesBothSides() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 7\r\n\r\ntoo big");
                    gateway.rest();
                    closed.countDown();
                });
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nabc");
            String answer = client.response();
            assertThat(answer)
                    .startsWith("HTTP/1.1 413")
                    .contains("Connection: close\r\n")
                    .endsWith("too big");
            client.send(new byte[500_000]);
            assertThat(client.rest()).isEmpty();
            closed.await();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void answersExpectWhenTheUpstreamIsThere() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.to(upstream.port()).start();
                Peer client = proxy.client();
                Peer refused = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("abc");
            assertThat(client.response()).startsWith("HTTP/1.1 200");
            assertThat(upstream.heads.get(0)).doesNotContainIgnoringCase("expect");

            refused.send("POST / HTTP/1.1\r\nHost: b.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(refused.rest()).startsWith("HTTP/1.1 404").contains("Connection: close\r\n");
            assertThat(upstream.heads).hasSize(1);
        }
    }

    @Test
    void answers504WhenTheUpstreamStalls() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(Peer::rest);
                Proxy proxy = Proxy.to(upstream.port())
                        .options(Map.of("proxy-read-timeout", "1", "proxy-next-upstream-tries", "1"))
                        .start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 504");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void limitsHowLongClientsMayTake() throws Exception {
        Duration shortly = Duration.ofMillis(200);
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .headerRead(shortly)
                .bodyRead(shortly)
                .idle(shortly)
                .build();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (gateway.head().startsWith("GET")) {
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                    gateway.rest();
                });
                Proxy proxy = Proxy.to(upstream.port()).limits(limits).start();
                Peer silent = proxy.client();
                Peer slowHead = proxy.client();
                Peer slowBody = proxy.client();
                Peer idle = proxy.client()) {
            slowHead.send("GET / HTTP/1.1\r\nHost:");
            slowBody.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nab");
            idle.send(GET);

            assertThat(silent.rest()).isEmpty();
            assertThat(slowHead.rest()).startsWith("HTTP/1.1 408").contains("Connection: close");
            assertThat(slowBody.rest()).startsWith("HTTP/1.1 408").contains("Connection: close");
            assertThat(idle.response()).endsWith("ok");
            assertThat(idle.rest()).isEmpty();
            await().untilAsserted(() -> assertThat(proxy.outcomes).hasSize(2));
        }
    }

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
                Proxy proxy = Proxy.to(upstream.port())
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
                Proxy proxy = Proxy.to(upstream.port())
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

    @Test
    void leavesAnHttp2EndpointAlone() throws Exception {
        String manifest = Proxy.manifest("http", refusingPort())
                .replace(
                        "namespace: shop}\nspec:\n  rules",
                        "namespace: shop, annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC}}\nspec:\n  rules");
        try (Proxy proxy = Proxy.of(manifest).start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).startsWith("HTTP/1.1 502");
        }
    }

    @Test
    void forgetsUnusedUpstreamConnections() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    gateway.rest();
                    closed.countDown();
                });
                Proxy proxy = Proxy.to(upstream.port())
                        .limits(TransportLimits.DEFAULT.toBuilder()
                                .upstreamIdle(Duration.ofMillis(100))
                                .build())
                        .start();
                Peer client = proxy.client()) {
            assertThat(client.send(GET).response()).endsWith("ok");
            closed.await();
        }
    }
}
