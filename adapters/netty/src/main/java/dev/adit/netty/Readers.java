package dev.adit.netty;

import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.HeadReader;
import io.netty.buffer.ByteBuf;

/** Hands Netty's buffers to core's readers. Bodies are not copied. */
final class Readers {
    /** Receives the pieces of a body and owns them. */
    @FunctionalInterface
    interface Sink {
        void data(ByteBuf data);
    }

    private Readers() {}

    /** Reads up to the end of the head and not a byte further; returns whether it is complete. */
    static boolean read(HeadReader head, ByteBuf in) throws BadMessageException {
        while (!head.isComplete() && in.isReadable()) {
            int n = Math.min(in.readableBytes(), HeadReader.STEP);
            in.getBytes(in.readerIndex(), head.room(n), head.length(), n);
            in.skipBytes(head.accept(n));
        }
        return head.isComplete();
    }

    /** Reads what is there of a body that nobody wants; returns whether that was all of it, and well-formed. */
    static boolean skip(BodyReader body, Iterable<ByteBuf> in) {
        try {
            for (ByteBuf piece : in) {
                read(body, piece, ByteBuf::release);
            }
            return body.finished();
        } catch (BadMessageException e) {
            return false;
        }
    }

    /** Reads as far as {@code in} goes, and not past the end of the body; returns whether that end was reached. */
    static boolean read(BodyReader body, ByteBuf in, Sink sink) throws BadMessageException {
        while (!body.finished() && in.isReadable()) {
            long data = body.data();
            if (data > 0) {
                int n = (int) Math.min(data, in.readableBytes());
                ByteBuf piece = in.readRetainedSlice(n);
                body.took(n);
                sink.data(piece);
            } else {
                body.framing(in.readByte());
            }
        }
        return body.finished();
    }
}
