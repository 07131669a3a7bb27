package dev.adit.netty;

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
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Bodies, windows, trailers and ends of HTTP/2 streams. */
class Http2StreamTest {
    private static final int SMALL_WINDOW = 4;
    private static final int CANCEL = 8;

    private static byte[] pattern(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    private static long sum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    @Test
    void carriesBigBodiesBothWays() throws Exception {
        int size = 3 << 20;
        byte[] body = pattern(size);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    byte[] received = gateway.in().readNBytes(size);
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n")
                            .send(received);
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, Http2Peer.request("POST", "/", "content-length", Integer.toString(size)), false);
            int window = 65_535;
            // The connection's window is larger than what is sent here; the stream's is not.
            int sent = 0;
            while (sent < size) {
                if (window == 0) {
                    window += ByteBuffer.wrap(
                                    client.next(Http2Peer.WINDOW_UPDATE, 1).payload())
                            .getInt();
                }
                int n = Math.min(Math.min(window, 16_384), size - sent);
                client.data(1, Arrays.copyOfRange(body, sent, sent + n), sent + n == size);
                sent += n;
                window -= n;
            }
            byte[] echoed = client.answer(1).body().getBytes(StandardCharsets.ISO_8859_1);
            assertThat(echoed).hasSize(size);
            assertThat(sum(echoed)).isEqualTo(sum(body));
            proxy.awaitOutcomes(Outcome.COMPLETED);
            assertThat(upstream.failures).isEmpty();
        }
    }

    @Test
    void aStalledStreamHoldsUpItsUpstreamAndNobodyElse() throws Exception {
        int size = 64 << 20;
        CountDownLatch given = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (true) {
                        if (gateway.head().startsWith("GET /big")) {
                            gateway.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                            try {
                                gateway.send(new byte[size]);
                            } finally {
                                given.countDown();
                            }
                        }
                        gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client(), SMALL_WINDOW, 10)) {
            client.get(1, "/big");
            assertThat(client.next(Http2Peer.DATA, 1).payload()).hasSize(10);
            for (int stream = 3; stream < 43; stream += 2) {
                assertThat(client.get(stream, "/small").answer(stream).body()).isEqualTo("ok");
            }
            assertThat(given.getCount())
                    .as("the upstream is not read to its end")
                    .isEqualTo(1);
            client.window(1, 5);
            assertThat(client.next(Http2Peer.DATA, 1).payload()).hasSize(5);
            client.reset(1, CANCEL);
            given.await(10, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(proxy.outcomes).hasSize(21).contains(Outcome.CLIENT_ABORTED));
        }
    }

    @Test
    void aClientsWindowOpensOnlyAsTheUpstreamTakesTheBody() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        int size = 20 << 20;
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.socket.setReceiveBufferSize(4096);
                    gateway.head();
                    go.await();
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, Http2Peer.request("POST", "/", "content-length", "" + size), false);
            int sent = 0;
            int window = 65_535;
            client.peer.socket.setSoTimeout(300);
            try {
                while (sent < size) {
                    if (window == 0) {
                        window += ByteBuffer.wrap(
                                        client.next(Http2Peer.WINDOW_UPDATE, 1).payload())
                                .getInt();
                    }
                    int n = Math.min(window, 16_384);
                    client.data(1, new byte[n], false);
                    sent += n;
                    window -= n;
                }
            } catch (SocketTimeoutException expected) {
                // No window any more: what is in flight is bounded.
            }
            assertThat(sent).isLessThan(size);
            go.countDown();
            client.reset(1, CANCEL);
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void passesTrailersBothWays() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    String request = gateway.head() + gateway.until("\r\n\r\n");
                    assertThat(request)
                            .endsWith("3\r\nabc\r\n0\r\nx-sum: 6\r\n\r\n")
                            .contains("TE: trailers\r\n");
                    gateway.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"
                            + "2\r\nok\r\n0\r\nX-End: yes\r\nContent-Length: 9\r\n\r\n");
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, Http2Peer.request("POST", "/", "te", "trailers"), false)
                    .data(1, "abc", false)
                    .headers(1, Http2Peer.headers("x-sum", "6", "content-length", "9"), true);
            Answer answer = client.answer(1);
            assertThat(answer.get("trailer")).isEqualTo("X-End");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.trailers()).isEqualTo(Http2Peer.headers("x-end", "yes"));
            proxy.awaitOutcomes(Outcome.COMPLETED);
            assertThat(upstream.failures).isEmpty();
        }
    }

    @Test
    void joinsCookiesAndFramesBodies() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.get(1, "/", "cookie", "a=1", "x", "y", "cookie", "b=2", "cookie", "c=3");
            assertThat(client.answer(1).body()).isEqualTo("ok");
            assertThat(upstream.heads.get(0))
                    .contains("cookie: a=1; b=2; c=3\r\n")
                    .doesNotContain("Content-Length");
            client.headers(3, Http2Peer.request("POST", "/"), true).answer(3);
            assertThat(upstream.heads.get(1)).contains("Content-Length: 0\r\n");
        }
    }

    @Test
    void answersWithoutBodies() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    while (true) {
                        String head = gateway.head();
                        gateway.send(
                                head.startsWith("HEAD")
                                        ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                                        : head.startsWith("GET /304")
                                                ? "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
                                                : "HTTP/1.1 204 No Content\r\n\r\n");
                    }
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, Http2Peer.request("HEAD", "/"), true);
            Frame head = client.next(Http2Peer.HEADERS, 1);
            assertThat(head.ends()).isTrue();
            assertThat(head.headers().get("content-length")).hasToString("5");
            Frame none = client.get(3, "/204").next(Http2Peer.HEADERS, 3);
            assertThat(none.ends()).isTrue();
            assertThat(none.status()).isEqualTo("204");
            assertThat(client.get(5, "/304").next(Http2Peer.HEADERS, 5).ends()).isTrue();
            client.headers(7, Http2Peer.request("HEAD", "/").authority("nobody.test"), true);
            Frame missing = client.next(Http2Peer.HEADERS, 7);
            assertThat(missing.ends()).isTrue();
            assertThat(missing.status()).isEqualTo("404");
        }
    }

    @Test
    void passesInterimAnswersAndAnswersExpectItself() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                    gateway.read(3);
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, Http2Peer.request("POST", "/", "expect", "100-continue", "content-length", "3"), false);
            assertThat(client.next(Http2Peer.HEADERS, 1).status()).isEqualTo("100");
            Frame hints = client.next(Http2Peer.HEADERS, 1);
            assertThat(hints.status()).isEqualTo("103");
            assertThat(hints.headers().get("link")).hasToString("</a>");
            assertThat(client.data(1, "abc", true).answer(1).body()).isEqualTo("ok");
        }
    }

    @Test
    void endsARequestThatWasAnsweredEarly() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, Http2Peer.request("POST", "/"), false).data(1, "abc", false);
            Answer answer = client.answer(1);
            assertThat(answer.status()).isEqualTo("413");
            assertThat(client.any().type()).as("RST_STREAM").isEqualTo(Http2Peer.RST_STREAM);
            client.headers(3, Http2Peer.request("POST", "/none").authority("nobody.test"), false);
            assertThat(client.answer(3).status()).isEqualTo("404");
            assertThat(client.next(Http2Peer.RST_STREAM, 3).code()).isZero();
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @Test
    void aTornAnswerIsReset() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.get(1, "/").next(Http2Peer.HEADERS, 1);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(2);
            proxy.awaitOutcomes(Outcome.UPSTREAM_ABORTED);
        }
    }

    @Test
    void aResetEndsTheUpstreamsWork() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    gateway.rest();
                    left.countDown();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.get(1, "/");
            asked.await();
            client.reset(1, CANCEL);
            assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void theConnectionsEndCancelsItsStreams() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start()) {
            try (Http2Peer client = Http2Peer.client(proxy.client())) {
                client.get(1, "/").get(3, "/");
                asked.await();
            }
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED, Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void drainsByGoAway() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    asked.countDown();
                    go.await();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.get(1, "/");
            asked.await();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(proxy::close);
            Frame announced = client.next(Http2Peer.GOAWAY, 0);
            assertThat(announced.code()).isZero();
            assertThat(announced.lastStream()).isEqualTo(Integer.MAX_VALUE);
            Frame leaving = client.next(Http2Peer.GOAWAY, 0);
            assertThat(leaving.lastStream()).isEqualTo(1);
            go.countDown();
            assertThat(client.answer(1).body()).isEqualTo("ok");
            assertThat(client.any()).as("end of the connection").isNull();
            closed.get(10, TimeUnit.SECONDS);
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void leavesIdleAndSilentClients() throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .idle(Duration.ofMillis(100))
                .headerRead(Duration.ofMillis(100))
                .bodyRead(Duration.ofMillis(100))
                .send(Duration.ofMillis(100))
                .build();
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("x".repeat(100_000));
                Proxy proxy = NETTY.to(upstream.port()).limits(limits).start()) {
            try (Http2Peer idle = Http2Peer.client(proxy.client())) {
                assertThat(idle.next(Http2Peer.GOAWAY, 0).code()).isZero();
                assertThat(idle.any()).isNull();
            }
            try (Peer silent = proxy.client()) {
                silent.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
                assertThat(silent.rest()).isNotNull();
            }
            try (Peer torn = proxy.client()) {
                torn.send("PRI * HT");
                assertThat(torn.rest()).isEmpty();
            }
            try (Http2Peer slow = Http2Peer.client(proxy.client())) {
                slow.headers(1, Http2Peer.request("POST", "/", "content-length", "5"), false);
                assertThat(slow.answer(1).status()).isEqualTo("408");
            }
            try (Http2Peer stalled = Http2Peer.client(proxy.client(), SMALL_WINDOW, 0)) {
                assertThat(stalled.get(1, "/").next(Http2Peer.RST_STREAM, 1).code())
                        .isEqualTo(CANCEL);
            }
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED, Outcome.CLIENT_ABORTED);
        }
    }

    @Test
    void leavesAClientThatOpensItsWindowNoMore() throws Exception {
        TransportLimits limits =
                TransportLimits.DEFAULT.toBuilder().send(Duration.ofMillis(100)).build();
        String piece = "0123456789";
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + piece);
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).limits(limits).start();
                Http2Peer client = Http2Peer.client(proxy.client(), SMALL_WINDOW, piece.length())) {
            assertThat(client.get(1, "/").next(Http2Peer.DATA, 1).text()).isEqualTo(piece);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(CANCEL);
            proxy.awaitOutcomes(Outcome.CLIENT_ABORTED);
        }
    }
}
