package dev.adit.netty;

import dev.adit.wire.FrameBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one HTTP/2 connection, of either side: leads from what Netty's codec tells about a stream to its
 * {@link Http2StreamHandler}, and writes what those write.
 */
final class Http2Streams {
    final Loop loop;
    final FrameBudget budget;
    final Http2Codec codec;
    private final Http2Connection.PropertyKey key;
    private @Nullable ChannelHandlerContext ctx;
    private boolean flushing;
    /** What the windows of streams have grown by, in bytes. */
    private int lent;

    /** @param closed called after a stream has ended */
    Http2Streams(Loop loop, FrameBudget budget, Http2Codec codec, Runnable closed) {
        this.loop = loop;
        this.budget = budget;
        this.codec = codec;
        key = codec.connection().newKey();
        codec.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                Http2StreamHandler handler = stream.removeProperty(key);
                if (handler != null) {
                    handler.closed();
                    handler.giveBack();
                }
                closed.run();
            }
        });
        codec.encoder().flowController().listener(stream -> {
            Http2StreamHandler handler = stream.getProperty(key);
            if (handler != null) {
                handler.writabilityChanged();
            }
        });
    }

    /** Puts the codec before the handler whose context is {@code own}. */
    void install(ChannelHandlerContext own) {
        own.pipeline().addBefore(own.name(), null, codec);
        ctx = own.pipeline().context(codec);
    }

    /** The context of the codec: what it writes goes out from there. */
    ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    /** Streams that are open in either direction. */
    int active() {
        return codec.connection().numActiveStreams();
    }

    void add(Http2Stream stream, Http2StreamHandler handler) {
        stream.setProperty(key, handler);
    }

    /** What was added for that stream, or null. */
    <T extends Http2StreamHandler> @Nullable T find(int id) {
        Http2Stream stream = codec.connection().stream(id);
        return stream == null ? null : stream.getProperty(key);
    }

    void forEach(Consumer<Http2StreamHandler> action) {
        try {
            codec.connection().forEachActiveStream(stream -> {
                Http2StreamHandler handler = stream.getProperty(key);
                if (handler != null) {
                    action.accept(handler);
                }
                return true;
            });
        } catch (Http2Exception e) {
            codec.onError(ctx(), true, e);
        }
    }

    /** Sends what was written, together with what other streams write in this turn of the event loop. */
    void flush() {
        if (!flushing) {
            flushing = true;
            loop.eventLoop.execute(() -> {
                flushing = false;
                codec.flush(ctx());
            });
        }
    }

    void reset(Http2Stream stream, Http2Error code) {
        codec.resetStream(ctx(), stream.id(), code.code(), ctx().newPromise());
        flush();
    }

    /** The peer may send {@code size} bytes more on {@code stream}. */
    void consumed(Http2Stream stream, int size) {
        try {
            if (codec.decoder().flowController().consumeBytes(stream, size)) {
                flush();
            }
        } catch (Http2Exception e) {
            codec.onError(ctx(), true, e);
        }
    }

    /**
     * Lets the window of {@code stream} grow: to twice its size, if the connection has as much to lend.
     *
     * @return by how many bytes it has grown
     */
    int lend(Http2Stream stream, int window) {
        if (window > Http2Codec.MAX_STREAM_WINDOW / 2 || window > Http2Codec.LOAN - lent) {
            return 0;
        }
        try {
            codec.decoder().flowController().incrementWindowSize(stream, window);
        } catch (Http2Exception e) {
            codec.onError(ctx(), true, e);
            return 0;
        }
        lent += window;
        flush();
        return window;
    }

    void giveBack(int size) {
        lent -= size;
    }

    void goAway(int lastStream) {
        codec.goAway(ctx(), lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx().newPromise());
        flush();
    }
}
