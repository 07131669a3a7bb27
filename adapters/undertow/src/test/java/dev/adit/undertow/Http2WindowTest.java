package dev.adit.undertow;

import static dev.adit.undertow.UndertowTransport.UNDERTOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How much a client may send, frame by frame. */
class Http2WindowTest {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int FRAME = 16 << 10;

    private final ByteArrayOutputStream client = new ByteArrayOutputStream();

    private void send(int type, int flags, int stream, byte... payload) {
        client.writeBytes(ByteBuffer.allocate(9)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        client.writeBytes(payload);
    }

    /** {@code POST /} for a.test, whose body has so many octets. */
    private void post(int stream, int length) {
        String text = "\u0083\u0086\u0084\u0001\u0006a.test\u000f\r"
                + (char) Integer.toString(length).length() + length;
        send(HEADERS, END_HEADERS, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads up to the answer to {@code stream}; returns by how much the connection's window was opened. */
    private static long opened(DataInputStream in, int stream) throws IOException {
        long opened = 0;
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int to = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == WINDOW_UPDATE && to == 0) {
                opened += ByteBuffer.wrap(payload).getInt();
            } else if (type == HEADERS && to == stream) {
                assertThat(payload[0]).as("200").isEqualTo((byte) 0x88);
                return opened;
            }
        }
    }

    @Test
    void streamsThatAreResetDoNotUseUpTheWindowOfTheirConnection() throws IOException {
        int streams = 40;
        client.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        send(SETTINGS, 0, 0);
        for (int i = 0; i < streams; i++) {
            post(2 * i + 1, 4 * FRAME);
            send(DATA, 0, 2 * i + 1, new byte[FRAME]);
            send(DATA, 0, 2 * i + 1, new byte[FRAME]);
            send(RESET, 0, 2 * i + 1, new byte[] {0, 0, 0, 8});
        }
        int last = 2 * streams + 1;
        post(last, 3);
        send(DATA, END_STREAM, last, new byte[3]);
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = UNDERTOW.to(upstream.port()).start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.server.httpPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(client.toByteArray());
            long left = 65_535 + opened(new DataInputStream(socket.getInputStream()), last) - 2L * streams * FRAME;
            assertThat(left)
                    .isBetween((long) Http2ClientChannel.CONNECTION_WINDOW - Http2ClientChannel.STREAM_WINDOW, (long)
                            Http2ClientChannel.CONNECTION_WINDOW);
        }
    }
}
