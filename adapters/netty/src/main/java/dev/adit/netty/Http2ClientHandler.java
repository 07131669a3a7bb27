package dev.adit.netty;

import dev.adit.exchange.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection of a client. It stands behind Netty's codec, which knows frames, windows and the states of streams;
 * each request is a {@link Http2ClientStream}, and all of them and their upstreams live on this connection's event loop.
 *
 * <pre>
 *   START ──SETTINGS──▶ OPEN ──drain──▶ ANNOUNCED ──a moment──▶ LEAVING ──no streams──▶ closed
 *     │ slow              │ idle          GOAWAY, takes          GOAWAY, takes
 *     ▼                   ▼               new streams            no new streams
 *   closed              closed
 * </pre>
 *
 * ANNOUNCED gives streams that are on their way the time to arrive (RFC 9113 section 6.8).
 */
final class Http2ClientHandler extends LoopMember {
    private enum State {
        START,
        OPEN,
        ANNOUNCED,
        LEAVING
    }

    private final FrameBudget budget = new FrameBudget();
    private final Http2Codec codec;
    private final Http2Connection.PropertyKey key;

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ClientConnection connection;
    private State state = State.START;
    private boolean flushing;
    private long deadline;

    /** @param deadline until when the client's settings must have arrived */
    Http2ClientHandler(Loop loop, long deadline) {
        super(loop);
        this.deadline = deadline;
        codec = Http2Codec.server(loop.limits, budget, new Frames());
        key = codec.connection().newKey();
        codec.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream closed) {
                streamClosed(closed);
            }
        });
        codec.encoder().flowController().listener(this::writabilityChanged);
    }

    /** Netty's part, which stands before this one. */
    Http2Codec codec() {
        return codec;
    }

    /** The context of the codec: what it writes goes out from there. */
    ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    FrameBudget budget() {
        return budget;
    }

    ClientConnection connection() {
        if (connection == null) {
            connection = Clients.describe(loop.gateway, ctx().channel());
        }
        return Objects.requireNonNull(connection);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Http2Exception {
        loop.add(this);
        added.pipeline().addBefore(added.name(), null, codec);
        ctx = added.pipeline().context(codec);
        codec.openConnectionWindow();
        flush();
        if (loop.draining()) {
            drain();
        }
    }

    /** Sends what was written, together with what the other streams write in this turn of the event loop. */
    void flush() {
        if (!flushing) {
            flushing = true;
            loop.eventLoop.execute(() -> {
                flushing = false;
                codec.flush(ctx());
            });
        }
    }

    // Receiving

    /** Only for bytes that came before the codec did: it passes none on. */
    @Override
    public void channelRead(ChannelHandlerContext own, Object msg) throws Exception {
        codec.channelRead(ctx(), msg);
    }

    /** What the codec tells about the frames of this connection. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            Http2Stream stream = codec.connection().stream(id);
            Http2ClientStream known = stream.getProperty(key);
            if (known == null) {
                Http2ClientStream opened = new Http2ClientStream(Http2ClientHandler.this, stream);
                stream.setProperty(key, opened);
                deadline = NEVER;
                opened.head(headers, end);
            } else {
                known.trailers(headers);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            onHeadersRead(ctx, id, headers, padding, end);
        }

        /** Returns what need not wait for the upstream before the client may send as much again. */
        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
            Http2ClientStream stream = codec.connection().stream(id).getProperty(key);
            return padding + (stream == null ? data.readableBytes() : stream.data(data, end));
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
            if (state == State.START) {
                state = State.OPEN;
                deadline = loop.after(loop.limits.idle());
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // The codec flushes by itself now, but upstreams wait for what was read.
        forEachStream(Http2ClientStream::readComplete);
    }

    private void writabilityChanged(Http2Stream stream) {
        Http2ClientStream known = stream.getProperty(key);
        if (known != null) {
            known.writabilityChanged();
        }
    }

    private void streamClosed(Http2Stream closed) {
        Http2ClientStream stream = closed.removeProperty(key);
        if (stream != null) {
            stream.closed();
        }
        if (codec.connection().numActiveStreams() == 0) {
            if (state == State.LEAVING) {
                close();
            } else if (state == State.OPEN) {
                deadline = loop.after(loop.limits.idle());
            }
        }
    }

    // Ending

    private void goAway(int lastStream) {
        codec.goAway(ctx(), lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx().newPromise());
        flush();
    }

    /** Refuses new streams, and closes when the last one has ended. */
    private void leave() {
        state = State.LEAVING;
        goAway(codec.connection().remote().lastStreamCreated());
        if (codec.connection().numActiveStreams() == 0) {
            close();
        }
    }

    /** Closes when everything that was written has left. */
    private void close() {
        deadline = loop.after(loop.limits.linger());
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(ctx.channel(), cause);
        ctx.close();
    }

    // Watching

    @Override
    void tick(long now) {
        budget.earn(FrameBudget.REFILL);
        ChannelOutboundBuffer waiting = ctx().channel().unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        if (sendStalled(pending, now, loop.limits.send().toNanos())) {
            closeNow();
        } else if (state == State.ANNOUNCED) {
            leave();
        } else if (now > deadline) {
            late();
        } else {
            forEachStream(stream -> stream.tick(now));
        }
    }

    private void late() {
        if (state == State.OPEN) {
            leave();
        } else {
            closeNow();
        }
    }

    private void forEachStream(Consumer<Http2ClientStream> action) {
        try {
            codec.connection().forEachActiveStream(stream -> {
                Http2ClientStream known = stream.getProperty(key);
                if (known != null) {
                    action.accept(known);
                }
                return true;
            });
        } catch (Http2Exception e) {
            codec.onError(ctx(), true, e);
        }
    }

    @Override
    void drain() {
        if (state == State.START || state == State.OPEN) {
            state = State.ANNOUNCED;
            goAway(Integer.MAX_VALUE);
        }
    }

    @Override
    void closeNow() {
        forEachStream(Http2ClientStream::cancel);
        // Waiting bytes will not leave: do not wait for them.
        if (ctx().channel().isOpen()) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        ctx().close();
    }
}
