package dev.adit.netty;

import static dev.adit.netty.Http2Peer.headers;
import static dev.adit.netty.Http2Peer.request;
import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.netty.Http2Peer.Answer;
import dev.adit.netty.Http2Peer.Frame;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import dev.adit.tck.fixture.TlsPeers;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that speak HTTP/2, among them those of gRPC. */
class Http2UpstreamTest {
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int SMALL_WINDOW = 4;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;

    /** What an endpoint does with each frame, but for settings and the like. */
    @FunctionalInterface
    private interface Service {
        void frame(Http2Peer gateway, Frame frame) throws Exception;
    }

    private static ScriptedUpstream serving(Service service, int... settings) {
        return new ScriptedUpstream(gateway -> {
            Http2Peer peer = Http2Peer.server(gateway, settings);
            for (Frame frame = peer.any(); frame != null; frame = peer.any()) {
                service.frame(peer, frame);
            }
        });
    }

    private static Proxy proxy(ScriptedUpstream... upstreams) {
        int[] ports = new int[upstreams.length];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = upstreams[i].port();
        }
        return NETTY.of(Proxy.manifest("grpc", ports)).threads(1).start();
    }

    private static void answer(Http2Peer gateway, int stream, String body) throws Exception {
        gateway.headers(stream, headers(":status", "200"), false).data(stream, body, true);
    }

    private static void answerAtEnd(Http2Peer gateway, Frame frame) throws Exception {
        if (frame.ends()) {
            answer(gateway, frame.stream(), "ok");
        }
    }

    @Test
    void sharesOneConnectionAmongClients() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    if (frame.type() == Http2Peer.HEADERS) {
                        Http2Headers head = frame.headers();
                        assertThat(head.scheme()).hasToString("http");
                        assertThat(head.authority()).hasToString("a.test");
                        assertThat(head.get("x-forwarded-for")).hasToString("127.0.0.1");
                        assertThat(head.contains("host")).isFalse();
                        assertThat(head.contains("connection")).isFalse();
                        seen.incrementAndGet();
                    }
                    answerAtEnd(gateway, frame);
                });
                Proxy proxy = proxy(upstream);
                Http2Peer one = Http2Peer.client(proxy.client());
                Http2Peer two = Http2Peer.client(proxy.client());
                Peer old = proxy.client()) {
            one.get(1, "/1").get(3, "/2");
            two.get(1, "/3");
            assertThat(one.answer(3).body()).isEqualTo("ok");
            assertThat(two.answer(1).body()).isEqualTo("ok");
            old.send("GET /4 HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(old.head()).contains("Transfer-Encoding: chunked\r\n");
            assertThat(old.until("0\r\n\r\n")).isEqualTo("2\r\nok\r\n0\r\n\r\n");
            assertThat(seen).hasValue(4);
            assertThat(upstream.connections).hasValue(1);
            assertThat(upstream.failures).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void carriesUnaryCallsOfGrpc() throws Exception {
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    if (frame.type() == Http2Peer.HEADERS) {
                        assertThat(frame.headers().get("te")).hasToString("trailers");
                        assertThat(frame.headers().get("content-type")).hasToString("application/grpc");
                        assertThat(frame.headers().path()).hasToString("/shop.Cart/Add");
                    }
                    if (frame.ends()) {
                        gateway.headers(
                                        frame.stream(),
                                        headers(":status", "200", "content-type", "application/grpc"),
                                        false)
                                .data(frame.stream(), "reply", false)
                                .headers(frame.stream(), headers("grpc-status", "0", "grpc-message", "fine"), true);
                    }
                });
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(
                            1,
                            request("POST", "/shop.Cart/Add", "content-type", "application/grpc", "te", "trailers"),
                            false)
                    .data(1, "call", true);
            Answer answer = client.answer(1);
            assertThat(answer.body()).isEqualTo("reply");
            assertThat(answer.head().contains("content-length")).isFalse();
            assertThat(answer.trailers()).isEqualTo(headers("grpc-status", "0", "grpc-message", "fine"));
            assertThat(upstream.failures).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void carriesAnswersThatAreTrailersOnly() throws Exception {
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    if (frame.ends()) {
                        gateway.headers(frame.stream(), headers(":status", "200", "grpc-status", "12"), true);
                    }
                });
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client());
                Peer old = proxy.client()) {
            client.headers(1, request("POST", "/x", "te", "trailers"), true);
            Frame head = client.next(Http2Peer.HEADERS, 1);
            assertThat(head.ends()).isTrue();
            assertThat(head.headers().get("grpc-status")).hasToString("12");
            assertThat(head.headers().contains("content-length")).isFalse();
            assertThat(old.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").response())
                    .contains("grpc-status: 12\r\n");
        }
    }

    @Test
    void streamsBothWaysWithoutBuffering() throws Exception {
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    int stream = frame.stream();
                    if (frame.type() == Http2Peer.HEADERS) {
                        gateway.headers(stream, headers(":status", "200"), false);
                    } else if (frame.type() == Http2Peer.DATA && frame.payload().length > 0) {
                        gateway.data(stream, "echo " + frame.text(), false);
                    }
                    if (frame.ends()) {
                        gateway.headers(stream, headers("grpc-status", "0"), true);
                    }
                });
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, request("POST", "/chat", "te", "trailers"), false);
            assertThat(client.next(Http2Peer.HEADERS, 1).status()).isEqualTo("200");
            for (int i = 0; i < 10; i++) {
                client.data(1, "m" + i, false);
                assertThat(client.next(Http2Peer.DATA, 1).text()).isEqualTo("echo m" + i);
            }
            client.data(1, new byte[0], true);
            Frame trailers = client.next(Http2Peer.HEADERS, 1);
            assertThat(trailers.ends()).isTrue();
            assertThat(trailers.headers()).isEqualTo(headers("grpc-status", "0"));
            assertThat(upstream.failures).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void respectsHowManyStreamsAnEndpointAllows() throws Exception {
        CountDownLatch settled = new CountDownLatch(1);
        try (ScriptedUpstream upstream = serving(
                        (gateway, frame) -> {
                            if (frame.type() == Http2Peer.SETTINGS && frame.flags() == Http2Peer.ACK) {
                                settled.countDown();
                            }
                            if (frame.type() == Http2Peer.HEADERS
                                    && !frame.headers().path().toString().equals("/wait")) {
                                answer(gateway, frame.stream(), "ok");
                            }
                        },
                        MAX_CONCURRENT_STREAMS,
                        2);
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.get(1, "/").answer(1).body()).isEqualTo("ok");
            settled.await();
            client.get(3, "/wait").get(5, "/wait").get(7, "/");
            assertThat(client.answer(7).body()).isEqualTo("ok");
            assertThat(upstream.connections).hasValue(2);
        }
    }

    @Test
    void triesElsewhereWhatWasNotProcessed() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Service refusing = (gateway, frame) -> {
            if (frame.ends()) {
                int attempt = tries.incrementAndGet();
                if (attempt == 1) {
                    gateway.reset(frame.stream(), REFUSED_STREAM);
                } else if (attempt == 3) {
                    gateway.send(Http2Peer.GOAWAY, 0, 0, new byte[8]);
                } else {
                    answer(gateway, frame.stream(), "ok");
                }
            }
        };
        try (ScriptedUpstream one = serving(refusing);
                ScriptedUpstream two = serving(refusing);
                Proxy proxy = proxy(one, two);
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, request("POST", "/"), true);
            assertThat(client.answer(1).body()).as("refused, a POST").isEqualTo("ok");
            client.headers(3, request("POST", "/"), true);
            assertThat(client.answer(3).body()).as("gone away").isEqualTo("ok");
            assertThat(tries).hasValue(4);
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void aSlowClientHoldsUpItsStreamAlone() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        int size = 60_000;
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    if (frame.ends() && frame.headers().path().toString().equals("/big")) {
                        gateway.headers(frame.stream(), headers(":status", "200"), false);
                        for (int left = size; left > 0; left -= 10_000) {
                            gateway.data(frame.stream(), new byte[10_000], left == 10_000);
                        }
                        sent.incrementAndGet();
                    } else {
                        answerAtEnd(gateway, frame);
                    }
                });
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client(), SMALL_WINDOW, 100)) {
            client.get(1, "/big");
            assertThat(client.next(Http2Peer.DATA, 1).payload()).hasSize(100);
            for (int stream = 3; stream < 23; stream += 2) {
                assertThat(client.get(stream, "/").answer(stream).body()).isEqualTo("ok");
            }
            client.window(1, size);
            int received = 100;
            for (Frame frame = client.next(Http2Peer.DATA, 1); received < size; ) {
                received += frame.payload().length;
                frame = received < size || !frame.ends() ? client.next(Http2Peer.DATA, 1) : frame;
            }
            assertThat(received).isEqualTo(size);
            assertThat(upstream.connections).hasValue(1);
            await().untilAsserted(() -> assertThat(proxy.outcomes).hasSize(11).containsOnly(Outcome.COMPLETED));
        }
    }

    @Test
    void aClientsResetReachesTheEndpoint() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger(-1);
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    if (frame.type() == Http2Peer.HEADERS) {
                        asked.countDown();
                    } else if (frame.type() == Http2Peer.RST_STREAM) {
                        code.set(frame.code());
                    }
                });
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.get(1, "/");
            asked.await();
            client.reset(1, CANCEL);
            await().untilAsserted(() -> assertThat(code).hasValue(CANCEL));
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "close", "short", "long", "body of HEAD", "header"})
    void aBrokenAnswerNeverLooksWhole(String how) throws Exception {
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    int stream = frame.stream();
                    if (!frame.ends()) {
                        return;
                    }
                    switch (how) {
                        case "reset" ->
                            gateway.headers(stream, headers(":status", "200"), false)
                                    .reset(stream, 2);
                        case "close" -> {
                            gateway.headers(stream, headers(":status", "200"), false);
                            gateway.close();
                        }
                        case "short" ->
                            gateway.headers(stream, headers(":status", "200", "content-length", "9"), false)
                                    .data(stream, "", true);
                        case "long" ->
                            gateway.headers(stream, headers(":status", "200", "content-length", "1"), false)
                                    .data(stream, "two", true);
                        case "body of HEAD" ->
                            gateway.headers(stream, headers(":status", "204"), false)
                                    .data(stream, "HTTP/1.1 200 OK\r\n\r\n", true);
                        default -> gateway.headers(stream, headers(":status", "200", "x", "a\r\nb: c"), true);
                    }
                });
                Proxy proxy = proxy(upstream);
                Peer old = proxy.client()) {
            String answer = old.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
                    .rest();
            if (how.equals("header")) {
                assertThat(answer).startsWith("HTTP/1.1 502 ");
            } else {
                assertThat(answer).doesNotContain("0\r\n\r\n").doesNotContain("HTTP/1.1 200 OK\r\n\r\n");
            }
            await().untilAsserted(() -> assertThat(proxy.outcomes).hasSize(1));
        }
    }

    @Test
    void givesUpEndpointsThatDoNotAnswerOrAreNotThere() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> gateway.send("HTTP/1.1 400 Bad\r\n\r\n"));
                Proxy proxy = proxy(upstream);
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo("502");
            upstream.close();
            assertThat(client.get(3, "/").answer(3).status()).isEqualTo("502");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void speaksTlsToEndpointsThatAskForIt() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(
                        gateway -> {
                            Http2Peer peer = Http2Peer.server(gateway);
                            for (Frame frame = peer.any(); frame != null; frame = peer.any()) {
                                if (frame.type() == Http2Peer.HEADERS) {
                                    assertThat(frame.headers().scheme()).hasToString("https");
                                }
                                answerAtEnd(peer, frame);
                            }
                        },
                        TlsPeers.listen(TlsPeers.certificate("anything.test"), "h2", "http/1.1"));
                Proxy proxy = NETTY.of(Proxy.manifest("grpcs", upstream.port()))
                        .threads(1)
                        .start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.get(1, "/").get(3, "/");
            assertThat(client.answer(3).body()).isEqualTo("ok");
            client.headers(5, request("POST", "/"), false).data(5, "call", true);
            assertThat(client.answer(5).body()).isEqualTo("ok");
            assertThat(upstream.connections).hasValue(1);
            assertThat(upstream.failures).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @ParameterizedTest(name = "ALPN of the endpoint: [{0}]")
    @ValueSource(strings = {"", "http/1.1"})
    void doesNotSpeakHttp2OverTlsWithoutBeingToldTo(String known) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(
                        gateway -> assertThat(gateway.rest()).isEmpty(),
                        TlsPeers.listen(
                                TlsPeers.certificate("anything.test"),
                                known.isEmpty() ? new String[0] : new String[] {known}));
                Proxy proxy = NETTY.of(Proxy.manifest("grpcs", upstream.port())).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo("502");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void keepsNoConnectionForNothing() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .upstreamIdle(Duration.ofMillis(100))
                .build();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    Http2Peer peer = Http2Peer.server(gateway);
                    for (Frame frame = peer.any(); frame != null; frame = peer.any()) {
                        answerAtEnd(peer, frame);
                    }
                    closed.countDown();
                });
                Proxy proxy = NETTY.of(Proxy.manifest("grpc", upstream.port()))
                        .limits(limits)
                        .start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.get(1, "/").answer(1).body()).isEqualTo("ok");
            closed.await();
        }
    }

    @Test
    void leavesAnEndpointThatOpensItsWindowNoMore() throws Exception {
        int window = 65_535;
        AtomicInteger left = new AtomicInteger(window);
        CountDownLatch shut = new CountDownLatch(1);
        try (ScriptedUpstream upstream = serving((gateway, frame) -> {
                    if (frame.type() == Http2Peer.DATA && left.addAndGet(-frame.payload().length) == 0) {
                        shut.countDown();
                    }
                });
                Proxy proxy = NETTY.of(Proxy.manifest("grpc", upstream.port()))
                        .options(Map.of("proxy-send-timeout", "1", "proxy-next-upstream-tries", "1"))
                        .start();
                Peer client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + (window + 1) + "\r\n\r\n")
                    .send(new byte[window]);
            assertThat(shut.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.send("x").head()).startsWith("HTTP/1.1 504 ");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }
}
