package dev.adit.netty;

import static dev.adit.netty.Http2Peer.headers;
import static dev.adit.netty.Http2Peer.request;
import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.netty.Http2Peer.Frame;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that break HTTP/2's rules, or wear the gateway out. */
class Http2HostileTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("a line break in a value", request("GET", "/", "x", "a\r\nHost: evil.test")),
                Arguments.of("a line feed in a value", request("GET", "/", "x", "a\nb")),
                Arguments.of("a NUL in a value", request("GET", "/", "x", "a\0b")),
                Arguments.of("a blank before a value", request("GET", "/", "x", " a")),
                Arguments.of("a blank after a value", request("GET", "/", "x", "a ")),
                Arguments.of("a line break in a cookie", request("GET", "/", "cookie", "a\r\nb")),
                Arguments.of("a line break in a name", request("GET", "/", "x\r\nhost", "a")),
                Arguments.of("a colon in a name", request("GET", "/", "x:y", "a")),
                Arguments.of("a blank in a name", request("GET", "/", "x y", "a")),
                Arguments.of("an upper-case name", request("GET", "/", "X-Y", "a")),
                Arguments.of("an empty name", request("GET", "/", "", "a")),
                Arguments.of("transfer-encoding", request("POST", "/", "transfer-encoding", "chunked")),
                Arguments.of("connection", request("GET", "/", "connection", "close")),
                Arguments.of("keep-alive", request("GET", "/", "keep-alive", "5")),
                Arguments.of("proxy-connection", request("GET", "/", "proxy-connection", "close")),
                Arguments.of("upgrade", request("GET", "/", "upgrade", "websocket")),
                Arguments.of("te other than trailers", request("GET", "/", "te", "gzip")),
                Arguments.of("two lengths", request("POST", "/", "content-length", "1", "content-length", "2")),
                Arguments.of("a length that is none", request("POST", "/", "content-length", "+1")),
                Arguments.of("a length without a body", request("POST", "/", "content-length", "1")),
                Arguments.of("a blank in the path", request("GET", "/a HTTP/1.1\r\nX: y")),
                Arguments.of("a blank alone in the path", request("GET", "/a b")),
                Arguments.of("an empty path", request("GET", "")),
                Arguments.of("no path", headers(":method", "GET", ":scheme", "http", ":authority", "a.test")),
                Arguments.of("no scheme", headers(":method", "GET", ":authority", "a.test", ":path", "/")),
                Arguments.of("another scheme", request("GET", "/").scheme("ftp")),
                Arguments.of("no method", headers(":scheme", "http", ":authority", "a.test", ":path", "/")),
                Arguments.of("two methods", request("GET", "/").add(":method", "POST")),
                Arguments.of("two paths", request("GET", "/").add(":path", "/b")),
                Arguments.of("two authorities", request("GET", "/").add(":authority", "b.test")),
                Arguments.of("an unknown pseudo-header", request("GET", "/").add(":x", "y")),
                Arguments.of("an answer's pseudo-header", request("GET", "/").add(":status", "200")),
                Arguments.of("a blank in the method", request("GET /", "/")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refusesMalformedHeads(String what, Http2Headers head) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, head, true);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(PROTOCOL_ERROR);
            assertThat(client.get(3, "/good").answer(3).body()).isEqualTo("ok");
            assertThat(upstream.heads).singleElement().asString().startsWith("GET /good ");
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("400", request("GET", "/", "host", "b.test")),
                Arguments.of("400", request("GET", "/").authority("a.test,b.test")),
                Arguments.of("400", request("GET", "/").authority("user@a.test")),
                Arguments.of("400", request("GET", "http://a.test/")),
                Arguments.of("400", request("GET", "/a/%2e%2e/%2e%2e/b")),
                Arguments.of("400", headers(":method", "GET", ":scheme", "http", ":path", "/")),
                Arguments.of("405", headers(":method", "CONNECT", ":authority", "a.test:443")),
                Arguments.of("405", request("TRACE", "/")),
                Arguments.of("414", request("GET", "/" + "x".repeat(9000))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refused")
    void answersWhatCannotBeServed(String status, Http2Headers head) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            assertThat(client.headers(1, head, true).answer(1).status()).isEqualTo(status);
            assertThat(upstream.heads).isEmpty();
        }
    }

    @Test
    void aLengthThatLiesEndsTheRequestBeforeItsEnd() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    gateway.head();
                    assertThat(gateway.rest()).doesNotContain("GET /smuggled");
                });
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.headers(1, request("POST", "/", "content-length", "3"), false)
                    .data(1, "abcGET /smuggled HTTP/1.1\r\n\r\n", true);
            assertThat(client.next(Http2Peer.RST_STREAM, 1).code()).isEqualTo(PROTOCOL_ERROR);
            client.headers(3, request("POST", "/", "content-length", "30"), false)
                    .data(3, "short", true);
            assertThat(client.next(Http2Peer.RST_STREAM, 3).code()).isEqualTo(PROTOCOL_ERROR);
        }
    }

    @Test
    void limitsFieldsAndTheirSize() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            Http2Headers many = request("GET", "/");
            for (int i = 0; i < 201; i++) {
                many.add("x", "y");
            }
            assertThat(client.headers(1, many, true).answer(1).status()).isEqualTo("431");
            Http2Headers large = request("GET", "/");
            for (int i = 0; i < 5; i++) {
                large.add("x" + i, "y".repeat(14_000));
            }
            byte[] block = client.block(large);
            int step = 16_000;
            for (int at = 0; at < block.length; at += step) {
                int end = Math.min(block.length, at + step);
                int flags = (at == 0 ? Http2Peer.END_STREAM : 0) | (end == block.length ? Http2Peer.END_HEADERS : 0);
                client.send(
                        at == 0 ? Http2Peer.HEADERS : Http2Peer.CONTINUATION,
                        flags,
                        3,
                        Arrays.copyOfRange(block, at, end));
            }
            assertThat(client.answer(3).status()).isEqualTo("431");
            assertThat(client.get(5, "/").answer(5).body()).isEqualTo("ok");
        }
    }

    @Test
    void limitsStreams() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(Peer::rest);
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            for (int i = 0; i <= 100; i++) {
                client.get(2 * i + 1, "/");
            }
            assertThat(client.next(Http2Peer.RST_STREAM, 201).code()).isEqualTo(REFUSED_STREAM);
        }
    }

    /** What a client may do only so often. */
    enum Flood {
        SETTINGS {
            @Override
            byte[] frames(Http2Peer client, int i) {
                return Http2Peer.frame(Http2Peer.SETTINGS, 0, 0, new byte[0]);
            }
        },
        PING {
            @Override
            byte[] frames(Http2Peer client, int i) {
                return Http2Peer.frame(Http2Peer.PING, 0, 0, new byte[8]);
            }
        },
        PRIORITY {
            @Override
            byte[] frames(Http2Peer client, int i) {
                return Http2Peer.frame(Http2Peer.PRIORITY, 0, 5, new byte[5]);
            }
        },
        WINDOW_UPDATE {
            @Override
            byte[] frames(Http2Peer client, int i) {
                return Http2Peer.frame(Http2Peer.WINDOW_UPDATE, 0, 0, Http2Peer.number(1));
            }
        },
        UNKNOWN {
            @Override
            byte[] frames(Http2Peer client, int i) {
                return Http2Peer.frame(77, 0, 0, new byte[0]);
            }
        },
        RESET {
            @Override
            byte[] frames(Http2Peer client, int i) throws IOException {
                byte[] get = Http2Peer.frame(
                        Http2Peer.HEADERS,
                        Http2Peer.END_HEADERS | Http2Peer.END_STREAM,
                        2 * i + 1,
                        client.block(request("GET", "/")));
                return join(get, Http2Peer.frame(Http2Peer.RST_STREAM, 0, 2 * i + 1, Http2Peer.number(8)));
            }
        },
        RESET_BY_US {
            @Override
            byte[] frames(Http2Peer client, int i) throws IOException {
                byte[] get = Http2Peer.frame(
                        Http2Peer.HEADERS,
                        Http2Peer.END_HEADERS | Http2Peer.END_STREAM,
                        2 * i + 1,
                        client.block(request("GET", "/")));
                return join(get, Http2Peer.frame(Http2Peer.WINDOW_UPDATE, 0, 2 * i + 1, Http2Peer.number(0)));
            }
        },
        EMPTY_DATA {
            @Override
            byte[] frames(Http2Peer client, int i) throws IOException {
                byte[] data = Http2Peer.frame(Http2Peer.DATA, 0, 1, new byte[0]);
                return i > 0
                        ? data
                        : join(
                                Http2Peer.frame(
                                        Http2Peer.HEADERS,
                                        Http2Peer.END_HEADERS,
                                        1,
                                        client.block(request("POST", "/"))),
                                data);
            }
        },
        CONTINUATION {
            @Override
            byte[] frames(Http2Peer client, int i) throws IOException {
                return i > 0
                        ? Http2Peer.frame(Http2Peer.CONTINUATION, 0, 1, new byte[0])
                        : Http2Peer.frame(Http2Peer.HEADERS, 0, 1, client.block(request("GET", "/")));
            }
        };

        abstract byte[] frames(Http2Peer client, int i) throws IOException;

        static byte[] join(byte[] a, byte[] b) {
            byte[] both = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            return both;
        }
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void aFloodEndsItsConnection(Flood flood) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(Peer::rest);
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client()).silent()) {
            Thread flooding = new Thread(() -> {
                try {
                    for (int i = 0; i < 100_000; i++) {
                        client.peer.send(flood.frames(client, i));
                    }
                } catch (IOException e) {
                    // The connection has ended, as it should.
                    assertThat(e).isNotNull();
                }
            });
            flooding.start();
            int code = client.goneAway();
            flooding.join(10_000);
            assertThat(flooding.isAlive()).as("still flooding").isFalse();
            // The end of the connection may overtake what it says.
            assertThat(code).isIn(ENHANCE_YOUR_CALM, -1);
            try (Http2Peer other = Http2Peer.client(proxy.client())) {
                Frame settings = other.next(Http2Peer.SETTINGS, 0);
                assertThat(settings.payload()).isNotEmpty();
            }
        }
    }

    @Test
    void aBusyClientIsNoFlood() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            for (int i = 0; i < 1000; i++) {
                int stream = 2 * i + 1;
                client.send(Http2Peer.PING, 0, 0, new byte[8]).window(0, 1).get(stream, "/");
                assertThat(client.answer(stream).body()).isEqualTo("ok");
            }
        }
    }
}
