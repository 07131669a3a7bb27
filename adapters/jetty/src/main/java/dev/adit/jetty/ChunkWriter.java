package dev.adit.jetty;

import dev.adit.wire.Framing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Writes the pieces of bodies, in chunks where the framing asks for it (RFC 9112 section 7.1). */
final class ChunkWriter {
    private static final byte[] LAST = HeadWriter.ascii("0\r\n\r\n");
    private static final byte[] END = HeadWriter.ascii("\r\n");
    private static final byte[] END_AND_LAST = HeadWriter.ascii("\r\n0\r\n\r\n");

    private ChunkWriter() {}

    /** Adds what {@code data}, and the body's end after it if it is the {@code last} piece, is on the wire to {@code out}. */
    static void add(
            List<ByteBuffer> out, Framing framing, ByteBuffer data, boolean last, @Nullable HttpFields trailers) {
        boolean empty = !data.hasRemaining();
        if (framing.kind() != Framing.Kind.CHUNKED) {
            if (!empty) {
                out.add(data);
            }
            return;
        }
        if (!empty) {
            out.add(ByteBuffer.wrap(HeadWriter.ascii(Integer.toHexString(data.remaining()) + "\r\n")));
            out.add(data);
        }
        if (!last) {
            if (!empty) {
                out.add(ByteBuffer.wrap(END));
            }
        } else if (trailers == null || trailers.size() == 0) {
            out.add(ByteBuffer.wrap(empty ? LAST : END_AND_LAST));
        } else {
            out.add(ByteBuffer.wrap(withTrailers(empty ? "0\r\n" : "\r\n0\r\n", trailers)));
        }
    }

    private static byte[] withTrailers(String before, HttpFields trailers) {
        StringBuilder text = new StringBuilder(before);
        for (HttpField trailer : trailers) {
            text.append(trailer.getName())
                    .append(": ")
                    .append(trailer.getValue())
                    .append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
