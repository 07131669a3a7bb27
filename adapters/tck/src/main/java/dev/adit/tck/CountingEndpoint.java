package dev.adit.tck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An endpoint that answers every request at once, in HTTP/1.1 or HTTP/2 with prior knowledge, and counts its connections. One
 * thread does all of it: when a connection comes, the end of those that were closed before is there to be read.
 */
final class CountingEndpoint implements Runnable, AutoCloseable {
    private static final byte[] ANSWER = Text.bytes("HTTP/1.1 204 No Content\r\n\r\n");
    private static final int END_OF_HEAD = 0x0d0a0d0a;

    private static final int PREFACE = 24;
    private static final int FRAME_HEAD = 9;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int ACK = 1;
    private static final int END_STREAM_AND_HEADERS = 5;
    /** RFC 7541 appendix A: {@code :status: 204}. */
    private static final byte[] NO_CONTENT = {(byte) 0x89};

    private final boolean http2;
    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    /** What each has sent and was not answered yet. */
    private final Map<SocketChannel, ByteBuffer> open = new HashMap<>();

    private volatile int most;

    CountingEndpoint(boolean http2) throws IOException {
        this.http2 = http2;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
    }

    int port() {
        return server.socket().getLocalPort();
    }

    /** The greatest number of connections that were open at once. */
    int most() {
        return most;
    }

    @Override
    public void run() {
        try {
            while (selector.isOpen()) {
                selector.select();
                selector.selectedKeys().clear();
                for (SocketChannel made = server.accept(); made != null; made = server.accept()) {
                    readAll();
                    made.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                    open.put(made, ByteBuffer.allocate(16 << 10));
                    most = Math.max(most, open.size());
                    if (http2) {
                        send(made, SETTINGS, 0, 0, new byte[0]);
                    }
                }
                readAll();
            }
        } catch (ClosedSelectorException e) {
            open.clear();
        } catch (IOException e) {
            throw new AssertionError("the endpoint is broken", e);
        }
    }

    private void readAll() throws IOException {
        for (Map.Entry<SocketChannel, ByteBuffer> each : List.copyOf(open.entrySet())) {
            SocketChannel channel = each.getKey();
            ByteBuffer sent = each.getValue();
            int read = channel.read(sent);
            while (read > 0) {
                sent.flip();
                if (http2) {
                    answerFrames(channel, sent);
                } else {
                    answerHead(channel, sent);
                }
                sent.compact();
                read = channel.read(sent);
            }
            if (read < 0) {
                open.remove(channel);
                channel.close();
            }
        }
    }

    private static void answerHead(SocketChannel channel, ByteBuffer sent) throws IOException {
        int end = sent.limit();
        if (end > 3 && sent.getInt(end - 4) == END_OF_HEAD) {
            sent.position(end);
            channel.write(ByteBuffer.wrap(ANSWER));
        }
    }

    /** Heads need no decoding: every request has the same answer. */
    private static void answerFrames(SocketChannel channel, ByteBuffer sent) throws IOException {
        if (sent.get(sent.position()) == 'P') {
            if (sent.remaining() < PREFACE) {
                return;
            }
            sent.position(sent.position() + PREFACE);
        }
        while (sent.remaining() >= FRAME_HEAD) {
            int start = sent.position();
            int length = sent.getInt(start) >>> 8;
            if (sent.remaining() < FRAME_HEAD + length) {
                return;
            }
            int type = sent.get(start + 3);
            boolean first = (sent.get(start + 4) & ACK) == 0;
            byte[] payload = new byte[length];
            int stream = sent.position(start + 5).getInt();
            sent.get(payload);
            if (type == HEADERS) {
                send(channel, HEADERS, END_STREAM_AND_HEADERS, stream, NO_CONTENT);
            } else if (type == SETTINGS && first) {
                send(channel, SETTINGS, ACK, 0, new byte[0]);
            } else if (type == PING && first) {
                send(channel, PING, ACK, 0, payload);
            }
        }
    }

    /** What is sent is little, and never waits for its reader. */
    private static void send(SocketChannel channel, int type, int flags, int stream, byte[] payload)
            throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .flip();
        channel.write(frame);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
