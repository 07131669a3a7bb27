package dev.adit.netty;

import dev.adit.tck.fixture.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One end of an HTTP/2 connection, frame by frame: sends whatever it is told to, legal or not, and hands out what arrives. It
 * acknowledges settings and pings by itself, and opens its windows only if it is told to.
 */
final class Http2Peer implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    final Peer peer;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);

    private boolean silent;

    /** A frame that arrived; {@code headers} is null but for HEADERS. */
    record Frame(int type, int flags, int stream, byte[] payload, Http2Headers headers) {
        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }

        /** The error code of RST_STREAM or GOAWAY. */
        int code() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }

        int lastStream() {
            return ByteBuffer.wrap(payload).getInt(0);
        }

        String status() {
            return headers.status().toString();
        }
    }

    /** What came on one stream up to its end. */
    record Answer(Http2Headers head, String body, Http2Headers trailers) {
        String status() {
            return head.status().toString();
        }

        String get(String name) {
            CharSequence value = head.get(name);
            return value == null ? null : value.toString();
        }
    }

    private Http2Peer(Peer peer) {
        this.peer = peer;
    }

    /** A client that has sent its preface and {@code settings}: pairs of identifier and value. */
    static Http2Peer client(Peer peer, int... settings) throws IOException {
        Http2Peer client = new Http2Peer(peer);
        peer.send(PREFACE);
        return client.settings(settings);
    }

    /** A server that has read a client's preface, and sent its settings. */
    static Http2Peer server(Peer peer, int... settings) throws IOException {
        Http2Peer server = new Http2Peer(peer);
        if (!peer.read(PREFACE.length()).equals(PREFACE)) {
            throw new IOException("no preface");
        }
        return server.settings(settings);
    }

    /** Acknowledges nothing any more. */
    Http2Peer silent() {
        silent = true;
        return this;
    }

    // Sending

    Http2Peer settings(int... settings) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        return send(SETTINGS, 0, 0, payload.array());
    }

    Http2Peer send(int type, int flags, int stream, byte[] payload) throws IOException {
        peer.send(frame(type, flags, stream, payload));
        return this;
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        return frame.put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static Http2Headers headers(String... fields) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return headers;
    }

    /** The head of a request for {@code a.test}, and more fields. */
    static Http2Headers request(String method, String path, String... more) {
        return headers(":method", method, ":scheme", "http", ":authority", "a.test", ":path", path)
                .add(headers(more));
    }

    byte[] block(Http2Headers headers) throws IOException {
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, headers, block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        return ByteBufUtil.getBytes(block);
    }

    Http2Peer headers(int stream, Http2Headers headers, boolean end) throws IOException {
        return send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(headers));
    }

    Http2Peer get(int stream, String path, String... more) throws IOException {
        return headers(stream, request("GET", path, more), true);
    }

    Http2Peer data(int stream, String data, boolean end) throws IOException {
        return data(stream, data.getBytes(StandardCharsets.ISO_8859_1), end);
    }

    Http2Peer data(int stream, byte[] data, boolean end) throws IOException {
        return send(DATA, end ? END_STREAM : 0, stream, data);
    }

    Http2Peer reset(int stream, int code) throws IOException {
        return send(RST_STREAM, 0, stream, number(code));
    }

    Http2Peer window(int stream, int increment) throws IOException {
        return send(WINDOW_UPDATE, 0, stream, number(increment));
    }

    // Receiving

    /** The next frame, whatever it is; null at the end of the connection, also if that is a reset. */
    Frame any() throws IOException {
        try {
            return read();
        } catch (SocketException e) {
            return null;
        }
    }

    private Frame read() throws IOException {
        byte[] head = new byte[9];
        if (peer.in().readNBytes(head, 0, 9) < 9) {
            return null;
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        int type = head[3];
        int stream = ByteBuffer.wrap(head).getInt(5);
        byte[] payload = peer.in().readNBytes(length);
        if (type == SETTINGS && !silent && (head[4] & ACK) == 0) {
            send(SETTINGS, ACK, 0, new byte[0]);
        } else if (type == PING && !silent && (head[4] & ACK) == 0) {
            send(PING, ACK, 0, payload);
        }
        return new Frame(type, head[4], stream, payload, type == HEADERS ? decode(stream, payload) : null);
    }

    private Http2Headers decode(int stream, byte[] block) throws IOException {
        try {
            return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** The next frame of that type on that stream; others are passed over, but for those that end the stream. */
    Frame next(int type, int stream) throws IOException {
        while (true) {
            Frame frame = any();
            if (frame == null) {
                throw new EOFException("the connection ended");
            }
            if (frame.type == type && frame.stream == stream) {
                return frame;
            }
            if (frame.type == GOAWAY && frame.code() != 0 || frame.type == RST_STREAM && frame.stream == stream) {
                throw new IOException("ended by " + frame.type + " with code " + frame.code() + ": " + frame.text());
            }
        }
    }

    /** The next HEADERS on whatever stream; other frames are passed over. */
    Frame nextHead() throws IOException {
        for (Frame frame = any(); frame != null; frame = any()) {
            if (frame.type == HEADERS) {
                return frame;
            }
        }
        throw new EOFException("the connection ended");
    }

    /** The whole answer on {@code stream}; frames of other streams are lost. Opens windows as data comes. */
    Answer answer(int stream) throws IOException {
        Frame head = next(HEADERS, stream);
        StringBuilder body = new StringBuilder();
        boolean ended = head.ends();
        Http2Headers trailers = null;
        while (!ended) {
            Frame frame = any();
            if (frame == null || frame.stream == stream && frame.type == RST_STREAM) {
                throw new IOException("broke off after " + body);
            }
            if (frame.stream == stream && frame.type == DATA) {
                body.append(frame.text());
                if (frame.payload.length > 0 && !frame.ends()) {
                    window(stream, frame.payload.length);
                    window(0, frame.payload.length);
                }
            } else if (frame.stream == stream && frame.type == HEADERS) {
                trailers = frame.headers;
            }
            ended = frame.stream == stream && frame.ends();
        }
        return new Answer(head.headers, body.toString(), trailers);
    }

    /** Reads on up to a GOAWAY with an error, or to the end of the connection; its error code, or -1. */
    int goneAway() throws IOException {
        for (Frame frame = any(); frame != null; frame = any()) {
            if (frame.type == GOAWAY && frame.code() != 0) {
                return frame.code();
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
