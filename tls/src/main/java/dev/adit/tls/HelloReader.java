package dev.adit.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Puts a client's hello together from its first records: one of many key shares or tickets may take several.
 *
 * <pre>
 *  record:    22 | version 2 | length 2 | fragment           RFC 8446 section 5.1
 *  fragments:  1 | length 3 | hello                                   section 4
 * </pre>
 *
 * What a client may make it keep is bounded: the hello by {@link #MAX_HELLO}, its records by {@link #MAX_RECORDS}. For one thread at a time.
 */
final class HelloReader {
    /** In octets; Netty takes as much. */
    static final int MAX_HELLO = 16 << 10;

    static final int MAX_RECORDS = 64;

    private static final int HANDSHAKE_RECORD = 22;
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;

    private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
    private final ByteArrayOutputStream records = new ByteArrayOutputStream();
    private int count;

    /** How long the record at the position of {@code src} is, header included; 0 as long as it is not all there. */
    static int record(ByteBuffer src) {
        int length = src.remaining() < RECORD_HEADER
                ? Integer.MAX_VALUE
                : RECORD_HEADER + (src.getShort(src.position() + 3) & 0xFFFF);
        return src.remaining() < length ? 0 : length;
    }

    /**
     * Takes the next record.
     *
     * @param record nothing else, and all of it; the position stays
     * @return the hello if it ends there, or null if more must follow
     * @throws SSLHandshakeException if this is not the beginning of a hello, or there is too much of it
     */
    @Nullable
    ClientHello take(ByteBuffer record) throws SSLException {
        ByteBuffer in = record.duplicate();
        byte[] fragment = new byte[in.remaining() - RECORD_HEADER];
        byte type = in.get();
        in.position(in.position() + RECORD_HEADER - 1).get(fragment);
        if (type != HANDSHAKE_RECORD || fragment.length == 0 || ++count > MAX_RECORDS) {
            throw new SSLHandshakeException("no hello, or one in too many records");
        }
        fragments.writeBytes(fragment);
        ByteBuffer message = ByteBuffer.wrap(fragments.toByteArray());
        if (message.get(0) != CLIENT_HELLO || message.remaining() > MAX_HELLO + MESSAGE_HEADER) {
            throw new SSLHandshakeException("no hello, or one that is too long");
        }
        int length = message.remaining() < MESSAGE_HEADER ? MAX_HELLO : message.getInt() & 0xFFFFFF;
        if (length > MAX_HELLO) {
            throw new SSLHandshakeException("a hello that is too long");
        }
        if (message.remaining() < length) {
            records.writeBytes(bytes(record));
            return null;
        }
        ClientHello hello = ClientHello.ofMessage(message.slice().limit(length));
        if (hello == null) {
            throw new SSLHandshakeException("a broken hello");
        }
        return hello;
    }

    private static byte[] bytes(ByteBuffer record) {
        byte[] bytes = new byte[record.remaining()];
        record.duplicate().get(bytes);
        return bytes;
    }

    /** The records that were taken, but for the one that the hello ended in. */
    ByteBuffer before() {
        return ByteBuffer.wrap(records.toByteArray());
    }
}
