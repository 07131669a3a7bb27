package dev.adit.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of HTTP/2 that HTTP/1.1 would read in another way, written frame by frame as no client's library would. */
class Http2HeadTest {
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int GO_AWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private record Field(String name, String value) {}

    private static final List<Field> POST = List.of(
            new Field(":method", "POST"),
            new Field(":scheme", "http"),
            new Field(":path", "/"),
            new Field(":authority", "a.test"));

    private static List<Field> with(String name, String value) {
        List<Field> fields = new ArrayList<>(POST);
        boolean replaced = fields.removeIf(field -> field.name.equals(name));
        fields.add(replaced ? 0 : fields.size(), new Field(name, unescape(value)));
        return fields;
    }

    private static String unescape(String text) {
        return text.translateEscapes();
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        out.writeBytes(new byte[] {0, 0, 0, (byte) stream});
        out.writeBytes(payload);
    }

    /** RFC 7541 section 6.2.2: literals that nobody indexes, without Huffman's code. */
    private static byte[] block(List<Field> fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Field field : fields) {
            out.write(0);
            for (String text : List.of(field.name, field.value)) {
                byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
                out.write(bytes.length);
                out.writeBytes(bytes);
            }
        }
        return out.toByteArray();
    }

    /** Sends a request, and waits until its stream, or the connection, is at its end. Returns the first byte of HPACK. */
    private static int exchange(UndertowGateway server, List<Field> head, List<Field> trailers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        frame(out, 4, 0, 0, new byte[0]);
        frame(out, HEADERS, END_HEADERS | (trailers.isEmpty() ? END_STREAM : 0), 1, block(head));
        if (!trailers.isEmpty()) {
            frame(out, 0, 0, 1, new byte[3]);
            frame(out, HEADERS, END_HEADERS | END_STREAM, 1, block(trailers));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.httpPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(out.toByteArray());
            return status(new DataInputStream(socket.getInputStream()));
        }
    }

    /** The index of the status in HPACK's static table, or 0 if the stream or the connection ended without one. */
    private static int status(DataInputStream in) throws IOException {
        int status = 0;
        try {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                in.readInt();
                byte[] payload = in.readNBytes(length);
                if (type == HEADERS) {
                    status = payload[0] & 0xff;
                }
                boolean ended = (type == HEADERS || type == 0) && (flags & END_STREAM) != 0;
                if (ended || type == RESET || type == GO_AWAY) {
                    return status;
                }
            }
        } catch (EOFException e) {
            return status;
        }
    }

    private static UndertowGateway serve(ScriptedUpstream upstream) {
        return UndertowGateway.builder()
                .gateway(Gateway.builder()
                        .resources(Proxy.resources(Proxy.manifest("http", upstream.port())))
                        .build())
                .bind(InetAddress.getLoopbackAddress())
                .http(0)
                .build()
                .start();
    }

    private static final int OK = 0x88;

    @Test
    void forwardsWhatHasOneReading() throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                UndertowGateway server = serve(upstream)) {
            assertThat(exchange(server, with("x", "caf\u00e9, y"), List.of())).isEqualTo(OK);
            assertThat(upstream.heads).singleElement().asString().contains("\r\nx: caf\u00e9, y\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "x, 'y\\r\\ntransfer-encoding: chunked'",
        "x, 'y\\r\\n\\r\\nGET /smuggled HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n'",
        "x, 'y\\nz: 1'",
        "x, 'y\\rz: 1'",
        "x, 'y\\0z'",
        "x, '\\1'",
        "x, '\\177'",
        "x, ' y'",
        "x, 'y\\t'",
        "cookie, 'a=b\\r\\nz: 1'",
        "'x\\r\\nz', y",
        "'x y', z",
        "'x:y', z",
        "connection, close",
        "keep-alive, timeout=5",
        "proxy-connection, close",
        "upgrade, h2c",
        "transfer-encoding, chunked",
        "te, gzip",
        "content-length, 5",
        "content-length, +0",
        "content-length, '0, 0'",
        "content-length, -1",
        "content-length, ''",
        ":method, 'GET / HTTP/1.1\\r\\nx:'",
        ":path, '/ HTTP/1.1\\r\\nx:'",
        ":path, '/a b'",
        ":scheme, ftp",
        ":scheme, ''",
    })
    void refusesWhatHasTwoReadings(String name, String value) throws IOException {
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                UndertowGateway server = serve(upstream)) {
            assertThat(exchange(server, with(unescape(name), value), List.of())).isNotEqualTo(OK);
            assertThat(upstream.heads).isEmpty();
            assertThat(exchange(server, with("x", "y"), List.of())).isEqualTo(OK);
            assertThat(upstream.heads).hasSize(1);
        }
    }

    /** Nobody would hold such a stream to an end. */
    @Test
    void resetsWhatItRefusesBeforeItsEnd() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        frame(out, 4, 0, 0, new byte[0]);
        frame(out, HEADERS, END_HEADERS, 1, block(with("x", "y\1")));
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                UndertowGateway server = serve(upstream);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.httpPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(out.toByteArray());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            List<Integer> types = new ArrayList<>();
            byte[] payload = {};
            while (!types.contains(RESET)) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                types.add(in.readUnsignedByte());
                in.readFully(new byte[5]);
                payload = in.readNBytes(length);
            }
            assertThat(types).contains(HEADERS);
            assertThat(payload).as("NO_ERROR").containsExactly(0, 0, 0, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n", "y\nz: 1", "y\0"})
    void endsARequestWhoseTrailersHaveTwoReadings(String value) throws IOException {
        List<String> lines = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(gateway -> {
                    lines.add(gateway.head());
                    lines.add(new String(gateway.in().readAllBytes(), StandardCharsets.ISO_8859_1));
                });
                UndertowGateway server = serve(upstream)) {
            assertThat(exchange(server, POST, List.of(new Field("x", value)))).isNotEqualTo(OK);
            assertThat(lines.toString()).doesNotContain("smuggled", "\r\n0\r\n");
        }
    }
}
