package dev.adit.netty;

import static dev.adit.netty.Http2Peer.headers;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets on streams of HTTP/2: RFC 8441. */
class Http2WebSocketTest {
    private static final int ENABLE_CONNECT_PROTOCOL = 8;
    private static final int SMALL_WINDOW = 4;
    private static final int NO_ERROR = 0;
    private static final int PROTOCOL_ERROR = 1;
    private static final int CANCEL = 8;

    private static Http2Headers connect(String protocol) {
        return Http2Peer.request("CONNECT", "/chat", ":protocol", protocol, "sec-websocket-version", "13");
    }

    private static Http2Headers websocket() {
        return connect("websocket");
    }

    private static String field(String head, String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** Reads an opening handshake and grants it, with {@code early} in the same breath; returns its head. */
    private static String grant(Peer gateway, String early) throws Exception {
        String head = gateway.head();
        byte[] text = (field(head, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                .getBytes(StandardCharsets.US_ASCII);
        String accept = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        gateway.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept + "\r\nSec-WebSocket-Protocol: chat\r\n\r\n" + early);
        return head;
    }

    @Test
    void becomesATunnelOfHttp1() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    heads.add(grant(gateway, "hello "));
                    assertThat(gateway.read(9)).isEqualTo("too early");
                    gateway.send("world");
                    assertThat(gateway.rest()).isEqualTo(" and late");
                    gateway.send("last words");
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            byte[] settings = client.next(Http2Peer.SETTINGS, 0).payload();
            assertThat(setting(settings, ENABLE_CONNECT_PROTOCOL)).isEqualTo(1);
            client.headers(1, websocket(), false).data(1, "too early", false);
            Frame head = client.next(Http2Peer.HEADERS, 1);
            assertThat(head.status()).isEqualTo("200");
            assertThat(head.headers().get("sec-websocket-protocol")).hasToString("chat");
            assertThat(head.headers().contains("sec-websocket-accept")).isFalse();
            assertThat(head.ends()).isFalse();
            assertThat(text(client, 1, 11)).isEqualTo("hello world");
            client.data(1, " and late", true);
            assertThat(textToEnd(client, 1)).isEqualTo("last words");
            proxy.awaitOutcomes(Outcome.COMPLETED);
            assertThat(upstream.failures).isEmpty();
            assertThat(heads.take())
                    .startsWith("GET /chat HTTP/1.1\r\n")
                    .contains("\r\nHost: a.test\r\n", "\r\nUpgrade: websocket\r\n", "\r\nConnection: Upgrade\r\n")
                    .doesNotContainIgnoringCase("protocol:")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("transfer-encoding");
        }
    }

    private static int setting(byte[] settings, int name) {
        ByteBuffer buffer = ByteBuffer.wrap(settings);
        while (buffer.hasRemaining()) {
            int key = buffer.getShort();
            int value = buffer.getInt();
            if (key == name) {
                return value;
            }
        }
        return -1;
    }

    /** That many bytes of DATA. */
    private static String text(Http2Peer client, int stream, int length) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(client.next(Http2Peer.DATA, stream).text());
        }
        return text.toString();
    }

    private static String textToEnd(Http2Peer client, int stream) throws Exception {
        StringBuilder text = new StringBuilder();
        Frame frame = client.next(Http2Peer.DATA, stream);
        for (; !frame.ends(); frame = client.next(Http2Peer.DATA, stream)) {
            text.append(frame.text());
        }
        return text.append(frame.text()).toString();
    }

    @Test
    void anUpstreamThatHasSaidItAllStillListens() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "");
                    gateway.send("bye");
                    gateway.endOutput();
                    assertThat(gateway.rest()).isEqualTo("wait, one more thing");
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(textToEnd(client, 1)).isEqualTo("bye");
            client.data(1, "wait, ", false).data(1, "one more thing", true);
            proxy.awaitOutcomes(Outcome.COMPLETED);
            await().untilAsserted(() -> assertThat(upstream.failures).isEmpty());
        }
    }

    @Test
    void aResetOfTheClientResetsTheUpstream() throws Exception {
        BlockingQueue<String> rest = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "x");
                    rest.add(gateway.rest());
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(text(client, 1, 1)).isEqualTo("x");
            client.reset(1, CANCEL);
            assertThat(rest.poll(10, TimeUnit.SECONDS)).isEqualTo("(reset)");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void aResetOfTheUpstreamResetsTheStream() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "x");
                    seen.await();
                    gateway.reset();
                });
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(text(client, 1, 1)).isEqualTo("x");
            seen.countDown();
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(CANCEL);
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void theEndOfAnUpstreamOverTlsLeavesTheOtherDirection() throws Exception {
        BlockingQueue<String> rest = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(
                        gateway -> {
                            grant(gateway, "last");
                            gateway.endOutput();
                            rest.add(gateway.rest());
                        },
                        TlsPeers.listen(TlsPeers.certificate("anything.test")));
                Proxy proxy = NETTY.of(Proxy.manifest("https", upstream.port())).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(textToEnd(client, 1)).isEqualTo("last");
            client.data(1, "still here", true);
            assertThat(rest.poll(10, TimeUnit.SECONDS)).isEqualTo("still here");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void theEndOfAClientReachesAnUpstreamOverTls() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(
                        gateway -> {
                            grant(gateway, "");
                            gateway.send(gateway.rest() + " and more");
                        },
                        TlsPeers.listen(TlsPeers.certificate("anything.test")));
                Proxy proxy = NETTY.of(Proxy.manifest("https", upstream.port())).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false).data(1, "last", true);
            assertThat(textToEnd(client, 1)).isEqualTo("last and more");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void anUpstreamThatIsGoneTakesNothingMore() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> grant(gateway, "gone"));
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(textToEnd(client, 1)).isEqualTo("gone");
            // The first bytes are answered by a reset, the next ones run into it.
            Frame frame;
            do {
                client.data(1, "anybody?", false).send(Http2Peer.PING, 0, 0, new byte[8]);
                frame = client.any();
            } while (frame.type() != Http2Peer.RST_STREAM);
            assertThat(frame.code()).isEqualTo(CANCEL);
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void eachSideWaitsForTheOther() throws Exception {
        int size = 32 << 20;
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "");
                    Thread writer = new Thread(
                            () -> {
                                try {
                                    gateway.send(new byte[size]);
                                } catch (java.io.IOException e) {
                                    // The client does not want it all.
                                } finally {
                                    sent.countDown();
                                }
                            },
                            "upstream writer");
                    writer.start();
                    read.await();
                    gateway.rest();
                    writer.join();
                });
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client(), SMALL_WINDOW, 10)) {
            client.headers(1, websocket(), false);
            assertThat(client.next(Http2Peer.DATA, 1).payload()).hasSize(10);
            int window = 65_535;
            int given = 0;
            // The kernel's buffers take some; then the window stays shut.
            while (given < size && window > 0) {
                int n = Math.min(window, 16_384);
                client.data(1, new byte[n], false);
                given += n;
                window -= n;
                window += opened(client, window);
            }
            assertThat(given).isLessThan(size);
            assertThat(sent.getCount())
                    .as("the upstream is not read to its end")
                    .isEqualTo(1);
            assertThat(client.get(3, "/")
                            .send(Http2Peer.PING, 0, 0, new byte[8])
                            .next(Http2Peer.PING, 0))
                    .isNotNull();
            read.countDown();
            assertThat(client.next(Http2Peer.WINDOW_UPDATE, 1)).isNotNull();
            client.reset(1, CANCEL);
            assertThat(sent.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** What the stream's window opened by until a ping came back. */
    private static int opened(Http2Peer client, int left) throws Exception {
        byte[] ping = {1, 2, 3, 4, 5, 6, 7, 8};
        // Until it is shut nobody needs to ask.
        if (left > 16_384) {
            return 0;
        }
        int opened = 0;
        for (int i = 0; i < 3; i++) {
            client.send(Http2Peer.PING, 0, 0, ping);
            for (Frame frame = client.any(); frame.type() != Http2Peer.PING; frame = client.any()) {
                if (frame.type() == Http2Peer.WINDOW_UPDATE && frame.stream() == 1) {
                    opened += ByteBuffer.wrap(frame.payload()).getInt();
                }
            }
        }
        return opened;
    }

    @Test
    void aWrongAcceptIsNoGrant() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    gateway.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
                    gateway.rest();
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.headers(1, websocket(), false).answer(1).status()).isEqualTo("502");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void aRefusalIsAnOrdinaryAnswer() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            Answer answer = client.headers(1, websocket(), false)
                    .data(1, "hello", false)
                    .answer(1);
            assertThat(answer.status()).isEqualTo("403");
            assertThat(answer.body()).isEqualTo("no");
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(NO_ERROR);
            assertThat(client.get(3, "/").answer(3).status()).isEqualTo("403");
            proxy.awaitOutcomes(Outcome.COMPLETED, Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @CsvSource({"connect-udp, 501", "websocket, 404"})
    void whatCannotBeServedIsAnswered(String protocol, String status) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            String host = status.equals("404") ? "b.test" : "a.test";
            client.headers(1, connect(protocol).authority(host), false);
            assertThat(client.answer(1).status()).isEqualTo(status);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(NO_ERROR);
            assertThat(upstream.heads).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET with :protocol", "CONNECT with :path", "without :path", "without :scheme", "twice"})
    void refusesMalformedHeads(String what) throws Exception {
        Http2Headers head = switch (what) {
            case "GET with :protocol" -> Http2Peer.request("GET", "/", ":protocol", "websocket");
            case "CONNECT with :path" -> Http2Peer.request("CONNECT", "/");
            case "twice" -> websocket().add(":protocol", "websocket");
            default -> websocket();
        };
        if (what.startsWith("without ")) {
            head.remove(what.substring(8));
        }
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, head, false);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(PROTOCOL_ERROR);
            assertThat(client.get(3, "/").answer(3).body()).isEqualTo("ok");
            assertThat(upstream.heads).hasSize(1);
        }
    }

    @Test
    void aTunnelHasNoTrailers() throws Exception {
        BlockingQueue<String> rest = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "x");
                    rest.add(gateway.rest());
                });
                Proxy proxy = NETTY.to(upstream.port()).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(text(client, 1, 1)).isEqualTo("x");
            client.headers(1, headers("x-sum", "1"), true);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(PROTOCOL_ERROR);
            assertThat(rest.poll(10, TimeUnit.SECONDS)).isEqualTo("(reset)");
        }
    }

    @Test
    void silenceEndsATunnel() throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .tunnelIdle(Duration.ofMillis(100))
                .build();
        BlockingQueue<String> rest = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "x");
                    rest.add(gateway.rest());
                });
                Proxy proxy = NETTY.to(upstream.port()).limits(limits).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(text(client, 1, 1)).isEqualTo("x");
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(CANCEL);
            assertThat(rest.poll(10, TimeUnit.SECONDS)).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @Test
    void aTunnelLastsAsLongAsTheGatewayWaits() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    grant(gateway, "x");
                    gateway.rest();
                });
                Proxy proxy =
                        NETTY.to(upstream.port()).grace(Duration.ofMillis(200)).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false);
            assertThat(text(client, 1, 1)).isEqualTo("x");
            proxy.close();
            while (client.any() != null) {
                // GOAWAY, RST_STREAM, and the end.
            }
            proxy.awaitOutcomes(Outcome.CANCELLED);
        }
    }

    private static ScriptedUpstream http2(BlockingQueue<Http2Headers> heads, int... settings) {
        return new ScriptedUpstream(gateway -> {
            Http2Peer peer = Http2Peer.server(gateway, settings);
            for (Frame frame = peer.any(); frame != null; frame = peer.any()) {
                if (frame.type() == Http2Peer.HEADERS) {
                    heads.add(frame.headers());
                    peer.headers(frame.stream(), headers(":status", "200"), false);
                } else if (frame.type() == Http2Peer.DATA) {
                    peer.data(frame.stream(), frame.payload(), frame.ends());
                }
            }
        });
    }

    @Test
    void staysItselfTowardsEndpointsOfHttp2() throws Exception {
        BlockingQueue<Http2Headers> heads = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = http2(heads, ENABLE_CONNECT_PROTOCOL, 1);
                Proxy proxy = NETTY.of(Proxy.manifest("grpc", upstream.port())).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, websocket(), false).data(1, "early", false);
            assertThat(client.next(Http2Peer.HEADERS, 1).status()).isEqualTo("200");
            assertThat(text(client, 1, 5)).isEqualTo("early");
            client.data(1, "late", true);
            assertThat(textToEnd(client, 1)).isEqualTo("late");
            proxy.awaitOutcomes(Outcome.COMPLETED);
            Http2Headers head = heads.take();
            assertThat(head.method()).hasToString("CONNECT");
            assertThat(head.get(":protocol")).hasToString("websocket");
            assertThat(head.path()).hasToString("/chat");
            assertThat(head.contains("sec-websocket-key")).isFalse();
            assertThat(upstream.failures).isEmpty();
        }
    }

    @Test
    void endpointsOfHttp2AreOnlyAskedIfTheyAllowIt() throws Exception {
        BlockingQueue<Http2Headers> heads = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = http2(heads);
                Proxy proxy = NETTY.of(Proxy.manifest("grpc", upstream.port())).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.headers(1, websocket(), false).answer(1).status()).isEqualTo("502");
            assertThat(heads).isEmpty();
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }
}
