package dev.adit.netty;

import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** What was sent of a request's body, kept so that it can be sent again. A body that outgrows the limit is not kept at all. */
final class KeptBody {
    /** Keeps nothing: a body of which anything was sent is lost. */
    static final KeptBody NOTHING = new KeptBody(Unpooled.EMPTY_BUFFER, 0);

    private final int limit;
    private ByteBuf bytes;
    private boolean whole;

    private KeptBody(ByteBuf bytes, int limit) {
        this.bytes = bytes;
        this.limit = limit;
        this.whole = limit > 0;
    }

    /** Keeps up to {@code limit} bytes of a body of this framing, or nothing if it says that it is longer. */
    static KeptBody of(ByteBufAllocator allocator, Framing framing, int limit) {
        if (limit == 0 || framing.length() > limit) {
            return NOTHING;
        }
        int expected = (int) Math.min(limit, Math.max(256, framing.length()));
        return new KeptBody(allocator.buffer(expected, limit), limit);
    }

    /** Copies what {@code data} holds: a slice would keep the whole buffer that it was read into. */
    void add(ByteBuf data) {
        if (!whole) {
            return;
        }
        if (data.readableBytes() > limit - bytes.readableBytes()) {
            release();
        } else {
            bytes.writeBytes(data, data.readerIndex(), data.readableBytes());
        }
    }

    /** Whether everything that was sent is kept. */
    boolean whole() {
        return whole;
    }

    int size() {
        return bytes.readableBytes();
    }

    /** The bytes, to be released by the caller. */
    ByteBuf again() {
        return bytes.retainedDuplicate();
    }

    /** Keeps nothing any more. Calling it again does nothing. */
    void release() {
        whole = false;
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }
}
