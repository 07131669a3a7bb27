package dev.adit.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Data of one stream that came and that nobody could take yet, in its order.
 *
 * <pre>
 *   [as it was read] [copied, full] [copied, with room for what comes next]
 * </pre>
 *
 * Only the first piece is kept as it was read: often it is taken at once. Whatever comes while others wait is copied, for a
 * piece of one byte would keep the whole buffer that it was read into, and a window has room for many such pieces.
 */
final class Backlog {
    /** Bytes that are copied into one buffer. */
    private static final int ROOM = 16 * 1024;

    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
    /** The last piece, if it was copied. */
    private @Nullable ByteBuf open;

    Backlog(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Adds what {@code data} holds, which stays the caller's. */
    void add(ByteBuf data) {
        if (pieces.isEmpty()) {
            pieces.add(data.retain());
            return;
        }
        while (data.isReadable()) {
            ByteBuf current = open;
            if (current == null || !current.isWritable()) {
                current = allocator.ioBuffer(ROOM, ROOM);
                pieces.add(current);
                open = current;
            }
            current.writeBytes(data, Math.min(data.readableBytes(), current.writableBytes()));
        }
    }

    /** Takes the first piece out, which becomes the caller's. */
    ByteBuf remove() {
        ByteBuf first = pieces.remove();
        if (first == open) {
            open = null;
        }
        return first;
    }
}
