package dev.adit.netty;

import dev.adit.exchange.ClientConnection;
import dev.adit.wire.FrameBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Objects;
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

    private final Http2Streams streams;
    private @Nullable ClientConnection connection;
    private State state = State.START;
    private long deadline;

    /** @param deadline until when the client's settings must have arrived */
    Http2ClientHandler(Loop loop, long deadline) {
        super(loop);
        this.deadline = deadline;
        FrameBudget budget = new FrameBudget();
        streams = new Http2Streams(loop, budget, Http2Codec.server(loop, budget, new Frames()), this::streamClosed);
    }

    ClientConnection connection() {
        if (connection == null) {
            connection = Clients.describe(loop.gateway, streams.ctx().channel());
        }
        return Objects.requireNonNull(connection);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Http2Exception {
        loop.add(this);
        streams.install(added);
        streams.codec.openConnectionWindow();
        streams.flush();
        if (loop.draining()) {
            drain();
        }
    }

    // Receiving

    /** Only for bytes that came before the codec did: it passes none on. */
    @Override
    public void channelRead(ChannelHandlerContext own, Object msg) throws Exception {
        streams.codec.channelRead(streams.ctx(), msg);
    }

    /** What the codec tells about the frames of this connection. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            Http2ClientStream known = streams.find(id);
            if (known != null) {
                known.trailers(headers);
                return;
            }
            Http2ClientStream opened = new Http2ClientStream(streams, connection());
            opened.opened(streams.codec.connection().stream(id));
            deadline = NEVER;
            opened.head(headers, end);
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
            Http2ClientStream stream = streams.find(id);
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
        streams.forEach(Http2StreamHandler::readComplete);
    }

    private void streamClosed() {
        if (streams.active() == 0) {
            if (state == State.LEAVING) {
                close();
            } else if (state == State.OPEN) {
                deadline = loop.after(loop.limits.idle());
            }
        }
    }

    // Ending

    /** Refuses new streams, and closes when the last one has ended. */
    private void leave() {
        state = State.LEAVING;
        streams.goAway(streams.codec.connection().remote().lastStreamCreated());
        if (streams.active() == 0) {
            close();
        }
    }

    /** Closes when everything that was written has left. */
    private void close() {
        deadline = loop.after(loop.limits.linger());
        streams.ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
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
        streams.budget.earn(FrameBudget.REFILL);
        ChannelOutboundBuffer waiting = streams.ctx().channel().unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        if (sendStalled(pending, now, loop.limits.send().toNanos())) {
            closeNow();
        } else if (state == State.ANNOUNCED) {
            leave();
        } else if (now > deadline) {
            late();
        } else {
            streams.forEach(stream -> stream.tick(now));
        }
    }

    private void late() {
        if (state == State.OPEN) {
            leave();
        } else {
            closeNow();
        }
    }

    @Override
    void drain() {
        if (state == State.START || state == State.OPEN) {
            state = State.ANNOUNCED;
            streams.goAway(Integer.MAX_VALUE);
        }
    }

    @Override
    void closeNow() {
        streams.forEach(Http2StreamHandler::cancel);
        // Waiting bytes will not leave: do not wait for them.
        if (streams.ctx().channel().isOpen()) {
            streams.ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        streams.ctx().close();
    }
}
