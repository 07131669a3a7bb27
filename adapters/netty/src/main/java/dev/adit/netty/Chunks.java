package dev.adit.netty;

import dev.adit.exchange.Trailers;
import dev.adit.wire.Fields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes the chunked transfer coding (RFC 9112 section 7.1). */
final class Chunks {
    /** The digits of a size, and CR LF. */
    private static final int SIZE = 10;

    private static final byte[] LAST = HeadWriter.ascii("0\r\n");

    private Chunks() {}

    /** Writes {@code data}, which it takes over, as one chunk; an empty chunk, which would be the last, is left out. */
    static void write(Outbox to, ByteBuf data) {
        int size = data.readableBytes();
        if (size == 0) {
            data.release();
            return;
        }
        writeSize(to.room(SIZE), size);
        to.add(data);
        end(to.room(2));
    }

    private static void writeSize(ByteBuf out, int size) {
        int shift = 28 - Integer.numberOfLeadingZeros(size) / 4 * 4;
        for (; shift >= 0; shift -= 4) {
            out.writeByte(Character.forDigit(size >>> shift & 0xf, 16));
        }
        end(out);
    }

    /** Writes the last chunk and the trailer fields that may pass. */
    static void last(Outbox to, @Nullable Fields trailers) {
        to.room(LAST.length).writeBytes(LAST);
        if (trailers != null) {
            trailers.forEach((name, value) -> {
                if (Trailers.mayPass(name)) {
                    ByteBuf out = to.room(name.length() + value.length() + 4);
                    octets(out, name);
                    out.writeByte(':').writeByte(' ');
                    octets(out, value);
                    end(out);
                }
            });
        }
        end(to.room(2));
    }

    private static void end(ByteBuf line) {
        line.writeByte('\r').writeByte('\n');
    }

    private static void octets(ByteBuf out, CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            out.writeByte(text.charAt(i));
        }
    }
}
