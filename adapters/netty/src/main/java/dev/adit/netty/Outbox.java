package dev.adit.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be written to one channel. Small pieces are copied next to each other, so that a short message leaves
 * with one system call, from one piece of memory and as one TLS record; what is not small is passed on as it is.
 *
 * <pre>
 *   short message     [head|body]
 *   long message      [head] [body as it was read] [body as it was read] ...
 *   chunks            [head|size] [data as it was read] [CRLF|size|data|CRLF|0 CRLF CRLF]
 * </pre>
 *
 * Used on the channel's event loop only.
 */
final class Outbox {
    /** Bytes of a buffer that gathers: a usual head, and as much of a body as is copied faster than it is queued. */
    private static final int ROOM = 2048;

    private final ChannelHandlerContext ctx;
    private final ByteBufAllocator allocator;
    /** Gathers, and has not been handed to the channel; null if there is none. */
    private @Nullable ByteBuf open;

    private boolean dirty;

    Outbox(ChannelHandlerContext ctx, ByteBufAllocator allocator) {
        this.ctx = ctx;
        this.allocator = allocator;
    }

    /** A buffer that {@code size} bytes can be written to, at once. */
    ByteBuf room(int size) {
        ByteBuf current = open;
        if (current == null || current.writableBytes() < size) {
            handOver();
            int capacity = Math.max(size, ROOM);
            current = allocator.ioBuffer(capacity, capacity);
            open = current;
        }
        dirty = true;
        return current;
    }

    /** Adds {@code data}, which it takes over. */
    void add(ByteBuf data) {
        ByteBuf current = open;
        if (current != null && data.readableBytes() <= current.writableBytes()) {
            current.writeBytes(data);
            data.release();
        } else {
            handOver();
            ctx.write(data, ctx.voidPromise());
            dirty = true;
        }
    }

    private void handOver() {
        ByteBuf gathered = open;
        if (gathered != null) {
            open = null;
            ctx.write(gathered, ctx.voidPromise());
        }
    }

    /** Sends what was added. */
    void flush() {
        if (dirty) {
            dirty = false;
            handOver();
            ctx.flush();
        }
    }

    /** Throws away what was added and not sent. */
    void clear() {
        if (open != null) {
            open.release();
            open = null;
        }
    }
}
