package dev.adit.netty;

import static dev.adit.netty.Http2Peer.ACK;
import static dev.adit.netty.Http2Peer.CONTINUATION;
import static dev.adit.netty.Http2Peer.DATA;
import static dev.adit.netty.Http2Peer.END_HEADERS;
import static dev.adit.netty.Http2Peer.END_STREAM;
import static dev.adit.netty.Http2Peer.GOAWAY;
import static dev.adit.netty.Http2Peer.HEADERS;
import static dev.adit.netty.Http2Peer.PING;
import static dev.adit.netty.Http2Peer.PRIORITY;
import static dev.adit.netty.Http2Peer.RST_STREAM;
import static dev.adit.netty.Http2Peer.SETTINGS;
import static dev.adit.netty.Http2Peer.WINDOW_UPDATE;
import static dev.adit.netty.Http2Peer.headers;
import static dev.adit.netty.Http2Peer.request;
import static dev.adit.netty.NettyTransport.NETTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.netty.Http2Peer.Frame;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What RFC 9113 and RFC 7541 say about single frames, section by section. */
class Http2RulesTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int STREAM_CLOSED = 5;
    private static final int FRAME_SIZE_ERROR = 6;
    private static final int COMPRESSION_ERROR = 9;

    private static final byte[] NOTHING = {};

    private enum Ending {
        /** The connection goes on. */
        NONE,
        /** The stream is reset, or the connection ends, with that code. */
        STREAM,
        /** The connection ends with that code. */
        CONNECTION
    }

    @FunctionalInterface
    private interface Script {
        void run(Http2Peer client) throws Exception;
    }

    private record Rule(String section, String what, Ending ending, int code, Script script) {
        @Override
        public String toString() {
            return section + " " + what;
        }
    }

    private static Rule fine(String section, String what, Script script) {
        return new Rule(section, what, Ending.NONE, 0, script);
    }

    private static Rule stream(String section, String what, int code, Script script) {
        return new Rule(section, what, Ending.STREAM, code, script);
    }

    private static Rule connection(String section, String what, int code, Script script) {
        return new Rule(section, what, Ending.CONNECTION, code, script);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A request that is answered at once, for no route serves it. */
    private static Http2Headers elsewhere(String method) {
        return Http2Peer.headers(":method", method, ":scheme", "http", ":authority", "b.test", ":path", "/");
    }

    static Stream<Rule> frames() {
        return Stream.of(
                fine("4.1", "an unknown type is ignored", c -> c.send(0x16, 0, 0, new byte[8])),
                fine("4.1", "unknown flags are ignored", c -> c.send(PING, 0x16, 0, new byte[8])),
                fine("4.1", "the reserved bit is ignored", c -> c.send(PING, 0, 0x80000000, new byte[8])),
                connection(
                        "4.2",
                        "a frame above the limit",
                        FRAME_SIZE_ERROR,
                        c -> c.headers(1, request("POST", "/"), false).data(1, new byte[16_385], true)),
                connection(
                        "4.3",
                        "a block that cannot be decoded",
                        COMPRESSION_ERROR,
                        c -> c.send(HEADERS, END_STREAM | END_HEADERS, 1, bytes(0x40, 0x90, 0x41))),
                connection(
                        "RFC 7541 2.3.3",
                        "an index of nothing",
                        COMPRESSION_ERROR,
                        c -> c.send(HEADERS, END_STREAM | END_HEADERS, 1, bytes(0xff, 0x7f))),
                connection(
                        "RFC 7541 6.1",
                        "the index 0",
                        COMPRESSION_ERROR,
                        c -> c.send(HEADERS, END_STREAM | END_HEADERS, 1, bytes(0x80))),
                connection(
                        "RFC 7541 6.3",
                        "a table above the limit",
                        COMPRESSION_ERROR,
                        c -> c.send(HEADERS, END_STREAM | END_HEADERS, 1, bytes(0x3f, 0xe1, 0xff, 0x03))),
                connection(
                        "4.3",
                        "a frame between HEADERS and CONTINUATION",
                        PROTOCOL_ERROR,
                        c -> c.send(HEADERS, END_STREAM, 1, c.block(request("GET", "/")))
                                .send(PRIORITY, 0, 1, bytes(0, 0, 0, 0, 5))),
                connection(
                        "4.3",
                        "HEADERS of another stream between them",
                        PROTOCOL_ERROR,
                        c -> c.send(HEADERS, END_STREAM, 1, c.block(request("GET", "/")))
                                .get(3, "/")));
    }

    static Stream<Rule> streams() {
        return Stream.of(
                connection("5.1", "DATA on an idle stream", PROTOCOL_ERROR, c -> c.data(1, "x", true)),
                connection("5.1", "RST_STREAM on an idle stream", PROTOCOL_ERROR, c -> c.reset(1, 8)),
                connection("5.1", "WINDOW_UPDATE on an idle stream", PROTOCOL_ERROR, c -> c.window(1, 100)),
                connection(
                        "5.1",
                        "CONTINUATION on an idle stream",
                        PROTOCOL_ERROR,
                        c -> c.send(CONTINUATION, END_HEADERS, 1, NOTHING)),
                stream(
                        "5.1",
                        "DATA after END_STREAM",
                        STREAM_CLOSED,
                        c -> c.get(1, "/wait").data(1, "x", true)),
                stream(
                        "5.1",
                        "HEADERS after END_STREAM",
                        STREAM_CLOSED,
                        c -> c.get(1, "/wait").get(1, "/wait")),
                connection("5.1", "HEADERS after both ends", STREAM_CLOSED, c -> {
                    c.headers(1, elsewhere("GET"), true).answer(1);
                    c.get(1, "/");
                }),
                stream("5.1", "trailers that cross our RST_STREAM", STREAM_CLOSED, c -> {
                    c.headers(1, elsewhere("POST"), false).answer(1);
                    c.next(RST_STREAM, 1);
                    c.headers(1, Http2Peer.headers("x-sum", "1"), true);
                }),
                stream(
                        "5.1",
                        "DATA after RST_STREAM",
                        STREAM_CLOSED,
                        c -> c.headers(1, request("POST", "/wait"), false)
                                .reset(1, 8)
                                .data(1, "x", true)),
                connection("5.1.1", "an even number", PROTOCOL_ERROR, c -> c.get(2, "/")),
                connection(
                        "5.1.1",
                        "a number that is too low",
                        PROTOCOL_ERROR,
                        c -> c.get(5, "/wait").get(3, "/")),
                stream(
                        "5.3.1",
                        "a stream that depends on itself",
                        PROTOCOL_ERROR,
                        c -> c.send(PRIORITY, 0, 1, bytes(0, 0, 0, 1, 5))));
    }

    static Stream<Rule> messages() {
        return Stream.of(
                connection(
                        "8.4",
                        "a client's PUSH_PROMISE",
                        PROTOCOL_ERROR,
                        c -> c.get(1, "/wait").send(5, END_HEADERS, 1, bytes(0, 0, 0, 2))),
                stream(
                        "8.1",
                        "a second HEADERS without END_STREAM",
                        PROTOCOL_ERROR,
                        c -> c.headers(1, request("POST", "/"), false).headers(1, headers("x", "y"), false)),
                stream(
                        "8.1",
                        "a pseudo-header field in trailers",
                        PROTOCOL_ERROR,
                        c -> c.headers(1, request("POST", "/"), false).headers(1, headers(":method", "GET"), true)),
                stream(
                        "8.3",
                        "a pseudo-header field after others",
                        PROTOCOL_ERROR,
                        c -> c.send(HEADERS, END_STREAM | END_HEADERS, 1, late(c))));
    }

    /** A block with {@code :path} last. */
    private static byte[] late(Http2Peer client) throws Exception {
        byte[] first = client.block(headers(":method", "GET", ":scheme", "http", ":authority", "a.test", "x", "y"));
        byte[] second = client.block(headers(":path", "/"));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    static Stream<Rule> control() {
        return Stream.of(
                connection("6.1", "DATA on stream 0", PROTOCOL_ERROR, c -> c.data(0, "x", true)),
                connection(
                        "6.1",
                        "padding longer than DATA",
                        PROTOCOL_ERROR,
                        c -> c.headers(1, request("POST", "/"), false).send(DATA, 8 | END_STREAM, 1, bytes(5, 1))),
                connection("6.2", "HEADERS on stream 0", PROTOCOL_ERROR, c -> c.get(0, "/")),
                connection(
                        "6.3",
                        "PRIORITY on stream 0",
                        PROTOCOL_ERROR,
                        c -> c.send(PRIORITY, 0, 0, bytes(0, 0, 0, 1, 5))),
                stream(
                        "6.3",
                        "PRIORITY of another length",
                        FRAME_SIZE_ERROR,
                        c -> c.send(PRIORITY, 0, 1, bytes(0, 0, 0, 1))),
                connection("6.4", "RST_STREAM on stream 0", PROTOCOL_ERROR, c -> c.reset(0, 8)),
                connection(
                        "6.4",
                        "RST_STREAM of another length",
                        FRAME_SIZE_ERROR,
                        c -> c.get(1, "/wait").send(RST_STREAM, 0, 1, bytes(0, 0, 8))),
                connection("6.5", "SETTINGS on a stream", PROTOCOL_ERROR, c -> c.send(SETTINGS, 0, 1, new byte[6])),
                connection(
                        "6.5",
                        "SETTINGS of another length",
                        FRAME_SIZE_ERROR,
                        c -> c.send(SETTINGS, 0, 0, new byte[5])),
                connection(
                        "6.5",
                        "an acknowledgement with settings",
                        FRAME_SIZE_ERROR,
                        c -> c.send(SETTINGS, ACK, 0, new byte[6])),
                connection("6.5.2", "ENABLE_PUSH other than 0 and 1", PROTOCOL_ERROR, c -> c.settings(2, 2)),
                connection("6.5.2", "INITIAL_WINDOW_SIZE above the limit", FLOW_CONTROL_ERROR, c -> c.settings(4, -1)),
                connection("6.5.2", "MAX_FRAME_SIZE below the limit", PROTOCOL_ERROR, c -> c.settings(5, 16_383)),
                connection("6.5.2", "MAX_FRAME_SIZE above the limit", PROTOCOL_ERROR, c -> c.settings(5, 1 << 24)),
                fine("6.5.2", "an unknown setting is ignored", c -> c.settings(0x99, 1)));
    }

    static Stream<Rule> windowsAndEnds() {
        return Stream.of(
                connection("6.7", "PING on a stream", PROTOCOL_ERROR, c -> c.send(PING, 0, 1, new byte[8])),
                connection("6.7", "PING of another length", FRAME_SIZE_ERROR, c -> c.send(PING, 0, 0, new byte[6])),
                connection("6.8", "GOAWAY on a stream", PROTOCOL_ERROR, c -> c.send(GOAWAY, 0, 1, new byte[8])),
                connection("6.9", "WINDOW_UPDATE of 0", PROTOCOL_ERROR, c -> c.window(0, 0)),
                stream(
                        "6.9",
                        "WINDOW_UPDATE of 0 on a stream",
                        PROTOCOL_ERROR,
                        c -> c.get(1, "/wait").window(1, 0)),
                connection(
                        "6.9",
                        "WINDOW_UPDATE of another length",
                        FRAME_SIZE_ERROR,
                        c -> c.send(WINDOW_UPDATE, 0, 0, bytes(0, 0, 1))),
                connection(
                        "6.9.1",
                        "a window above the limit",
                        FLOW_CONTROL_ERROR,
                        c -> c.window(0, Integer.MAX_VALUE).window(0, Integer.MAX_VALUE)),
                stream(
                        "6.9.1",
                        "a stream's window above the limit",
                        FLOW_CONTROL_ERROR,
                        c -> c.get(1, "/wait").window(1, Integer.MAX_VALUE).window(1, Integer.MAX_VALUE)),
                connection(
                        "6.10",
                        "CONTINUATION on stream 0",
                        PROTOCOL_ERROR,
                        c -> c.send(CONTINUATION, END_HEADERS, 0, NOTHING)),
                connection(
                        "6.10",
                        "CONTINUATION after END_HEADERS",
                        PROTOCOL_ERROR,
                        c -> c.get(1, "/wait").send(CONTINUATION, END_HEADERS, 1, NOTHING)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"frames", "streams", "messages", "control", "windowsAndEnds"})
    void holds(Rule rule) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(Peer::rest);
                Proxy proxy = NETTY.to(upstream.port()).threads(1).start();
                Http2Peer client = Http2Peer.client(proxy.client())) {
            client.next(SETTINGS, 0);
            rule.script.run(client);
            byte[] ping = "are you?".getBytes(StandardCharsets.US_ASCII);
            try {
                client.send(PING, 0, 0, ping);
            } catch (SocketException e) {
                assertThat(rule.ending).isEqualTo(Ending.CONNECTION);
            }
            assertThat(ending(client)).isIn(expected(rule));
        }
    }

    private static List<String> expected(Rule rule) {
        String goAway = "GOAWAY " + rule.code;
        return switch (rule.ending) {
            case NONE -> List.of("PING");
            case STREAM -> List.of("RST_STREAM " + rule.code, goAway, "closed");
            case CONNECTION -> List.of(goAway, "closed");
        };
    }

    private static String ending(Http2Peer client) throws Exception {
        for (Frame frame = client.any(); frame != null; frame = client.any()) {
            if (frame.type() == RST_STREAM) {
                return "RST_STREAM " + frame.code();
            } else if (frame.type() == GOAWAY) {
                return "GOAWAY " + frame.code();
            } else if (frame.type() == PING && frame.text().equals("are you?")) {
                return "PING";
            }
        }
        return "closed";
    }
}
