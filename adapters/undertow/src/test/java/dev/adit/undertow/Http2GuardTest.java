package dev.adit.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.protocols.http2.ConnectionErrorException;
import io.undertow.protocols.http2.Http2Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.conduits.StreamSourceConduit;

class Http2GuardTest {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    /** What a client sends, and what Undertow is to see of it. */
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();
    private final List<String> told = new ArrayList<>();
    private final List<Integer> pieces = new ArrayList<>();

    Http2GuardTest() {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        sent.writeBytes(preface);
        expected.writeBytes(preface);
    }

    private static byte[] frame(int type, int flags, int stream, int length) {
        return ByteBuffer.allocate(9 + length)
                .put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put("x".repeat(length).getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private void passes(int type, int flags, int stream, int length) {
        sent.writeBytes(frame(type, flags, stream, length));
        expected.writeBytes(frame(type, flags, stream, length));
    }

    private void leftOut(int type, int flags, int stream, int length) {
        sent.writeBytes(frame(type, flags, stream, length));
    }

    private Http2Guard guard(int pieceLength) {
        ByteBuffer coming = ByteBuffer.wrap(sent.toByteArray());
        StreamSourceConduit source = (StreamSourceConduit) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StreamSourceConduit.class}, (self, method, arguments) -> {
                    ByteBuffer to = (ByteBuffer) arguments[0];
                    int count = Math.min(Math.min(pieceLength, coming.remaining()), to.remaining());
                    to.put(coming.slice().limit(count));
                    coming.position(coming.position() + count);
                    return count == 0 ? -1 : count;
                });
        return new Http2Guard(source, new Http2Guard.Streams() {
            @Override
            public void unread(int octets) {
                told.add("unread " + octets);
            }

            @Override
            public void afterEnd(int stream) {
                told.add("after the end of " + stream);
            }

            @Override
            public void clientLeaves() {
                told.add("leaves");
            }
        });
    }

    /** What passes, and in {@link #pieces} where each read ended. */
    private byte[] read(Http2Guard guard) throws IOException {
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        ByteBuffer to = ByteBuffer.allocate(16 << 10);
        while (guard.read(to.clear()) > 0) {
            passed.write(to.array(), 0, to.position());
            pieces.add(passed.size());
        }
        return passed.toByteArray();
    }

    private static void failsWith(int code, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        ConnectionErrorException.class,
                        e -> assertThat(e.getCode()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 10, 11, 17, 18, 19, 64, 100_000})
    void passesWholeHeadsOnlyHoweverTheyCome(int pieceLength) throws IOException {
        passes(HEADERS, END_STREAM, 1, 20);
        int begun = sent.size();
        passes(CONTINUATION, 0, 1, 0);
        int empty = sent.size();
        passes(CONTINUATION, 0, 1, 1);
        int more = sent.size();
        passes(CONTINUATION, END_HEADERS, 1, 0);
        passes(HEADERS, 0, 3, 0);
        int nothing = sent.size();
        passes(CONTINUATION, END_HEADERS, 3, 5);
        passes(DATA, END_STREAM, 3, 30);

        assertThat(read(guard(pieceLength))).isEqualTo(expected.toByteArray());
        // Undertow would take what it has for the whole head.
        assertThat(pieces).doesNotContain(begun, empty, more, nothing);
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 9, 10, 100_000})
    void leavesOutWhatEndsConnectionsForNothing(int pieceLength) throws IOException {
        passes(HEADERS, END_HEADERS, 1, 5);
        passes(DATA, 0, 1, 4);
        passes(RESET, 0, 1, 4);
        leftOut(DATA, 0, 1, 40);
        passes(HEADERS, END_HEADERS | END_STREAM, 3, 5);
        leftOut(DATA, END_STREAM, 3, 7);
        leftOut(GOAWAY, 0, 0, 8);
        passes(HEADERS, END_HEADERS | END_STREAM, 5, 5);

        assertThat(read(guard(pieceLength))).isEqualTo(expected.toByteArray());
        assertThat(told).containsExactly("unread 40", "after the end of 1", "unread 7", "after the end of 3", "leaves");
    }

    @Test
    void saysNothingOfDataOnAStreamThatWasResetOnThisSide() throws IOException {
        passes(HEADERS, END_HEADERS, 1, 5);
        passes(DATA, 0, 1, 10);
        int before = sent.size();
        leftOut(DATA, 0, 1, 3);
        leftOut(DATA, END_STREAM, 1, 2);

        Http2Guard guard = guard(before);
        guard.read(ByteBuffer.allocate(16 << 10));
        guard.taken(1, 4);
        guard.resetByUs(1);
        assertThat(guard.closed(1)).isEqualTo(6);
        assertThat(guard.closed(1)).isZero();
        assertThat(read(guard)).isEmpty();
        assertThat(told).containsExactly("unread 3", "unread 2");
    }

    @Test
    void endsTheConnectionOfAHeadThatIsNotContinued() {
        passes(HEADERS, 0, 1, 5);
        passes(CONTINUATION, END_HEADERS, 3, 5);
        failsWith(Http2Channel.ERROR_PROTOCOL_ERROR, () -> read(guard(100_000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {DATA, CONTINUATION, 6, 99})
    void endsTheConnectionOfAFlood(int type) {
        passes(HEADERS, type == CONTINUATION ? 0 : END_HEADERS, 1, 5);
        for (int i = 0; i < 100_000; i++) {
            passes(type, 0, 1, 0);
        }
        failsWith(Http2Channel.ERROR_ENHANCE_YOUR_CALM, () -> read(guard(100_000)));
    }
}
