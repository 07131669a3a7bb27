package dev.adit.netty;

import dev.adit.exchange.Trailers;
import dev.adit.wire.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Writes the chunked transfer coding (RFC 9112 section 7.1). */
final class Chunks {
    /** Data up to this many bytes is copied next to its framing: cheaper than three buffers. */
    private static final int COPIED = 512;

    private static final int FRAMING = 20;
    private static final ByteBuf LAST = constant("0\r\n\r\n");
    private static final ByteBuf CRLF = constant("\r\n");

    private Chunks() {}

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(HeadWriter.ascii(text)))
                .asReadOnly();
    }

    /** Writes {@code data}, which it takes over, as one chunk; an empty chunk, which would be the last, is left out. */
    static void write(ChannelHandlerContext ctx, ByteBufAllocator allocator, ByteBuf data) {
        int size = data.readableBytes();
        if (size == 0) {
            data.release();
            return;
        }
        boolean copied = size <= COPIED;
        ByteBuf framing = allocator.ioBuffer(copied ? FRAMING + size : FRAMING);
        writeSize(framing, size);
        if (copied) {
            framing.writeBytes(data);
            data.release();
            framing.writeByte('\r').writeByte('\n');
            ctx.write(framing, ctx.voidPromise());
        } else {
            ctx.write(framing, ctx.voidPromise());
            ctx.write(data, ctx.voidPromise());
            ctx.write(CRLF.duplicate(), ctx.voidPromise());
        }
    }

    private static void writeSize(ByteBuf out, int size) {
        int shift = 28 - Integer.numberOfLeadingZeros(size) / 4 * 4;
        for (; shift >= 0; shift -= 4) {
            out.writeByte(Character.forDigit(size >>> shift & 0xf, 16));
        }
        out.writeByte('\r').writeByte('\n');
    }

    /** The last chunk and the trailer fields that may pass. */
    static ByteBuf last(ByteBufAllocator allocator, @Nullable Fields trailers) {
        if (trailers == null) {
            return LAST.duplicate();
        }
        ByteBuf out = allocator.ioBuffer().writeBytes(LAST.duplicate(), 3);
        trailers.forEach((name, value) -> {
            if (Trailers.mayPass(name)) {
                octets(out, name);
                out.writeByte(':').writeByte(' ');
                octets(out, value);
                out.writeByte('\r').writeByte('\n');
            }
        });
        return out.writeByte('\r').writeByte('\n');
    }

    private static void octets(ByteBuf out, CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            out.writeByte(text.charAt(i));
        }
    }
}
