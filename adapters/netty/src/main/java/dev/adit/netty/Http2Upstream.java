package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Protocol;
import dev.adit.wire.FrameBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection to an endpoint, shared by the requests of its event loop; each is a {@link Http2UpstreamStream}.
 *
 * <pre>
 *   CONNECTING ──▶ OPEN ──GOAWAY, drain, out of numbers, doubt──▶ LEAVING ──no streams──▶ closed
 *                   │     in the pool: takes requests              takes none
 *                   └── unused for too long ──▶ closed
 * </pre>
 *
 * Doubt is a request that was not answered in time: the endpoint may be gone without a word.
 */
final class Http2Upstream extends UpstreamHandler {
    private enum State {
        CONNECTING,
        OPEN,
        LEAVING
    }

    final Endpoint endpoint;
    final Protocol protocol;
    private final Http2Streams streams;
    private State state = State.CONNECTING;
    /** Streams above it were not processed by the endpoint (RFC 9113 section 6.8). */
    private int lastProcessed = Integer.MAX_VALUE;

    /** Requests that need to know the endpoint's settings first; null once these are known. */
    private @Nullable List<Http2UpstreamStream> waiting = new ArrayList<>(0);

    private boolean allowsConnect;
    private long served;
    private long deadline = NEVER;

    Http2Upstream(Loop loop, Endpoint endpoint, Protocol protocol) {
        super(loop);
        this.endpoint = endpoint;
        this.protocol = protocol;
        FrameBudget budget = new FrameBudget();
        streams = new Http2Streams(loop, budget, Http2Codec.client(loop, budget, new Frames()), this::streamClosed);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        streams.install(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Http2Exception {
        loop.add(this);
        streams.codec.openConnectionWindow();
        streams.flush();
        ctx.fireChannelActive();
    }

    @Override
    UpstreamSide ready() {
        state = State.OPEN;
        deadline = loop.after(loop.limits.upstreamIdle());
        loop.http2Pool.add(this);
        return open();
    }

    // Streams

    /** Whether one more request would be served. */
    boolean takesRequests() {
        // RFC 9113 section 6.5.2: until the endpoint says otherwise, it may be trusted with a hundred.
        int most = Math.min(
                Http2Codec.MAX_STREAMS, streams.codec.connection().local().maxActiveStreams());
        return state == State.OPEN
                && streams.active() < most
                && streams.ctx().channel().isActive()
                && permit().use();
    }

    /** A stream for one request; it does not count before that is sent. */
    Http2UpstreamStream open() {
        return new Http2UpstreamStream(this, streams);
    }

    /** The number of a new stream, or -1 if there are no more. */
    int nextStream() {
        int id = streams.codec.connection().local().incrementAndGetNextStreamId();
        if (id < 0) {
            leave();
            return -1;
        }
        served++;
        deadline = NEVER;
        return id;
    }

    /** Whether it has served another request before this one. */
    boolean reused() {
        return served > 1;
    }

    /** Whether extended CONNECT may be sent (RFC 8441 section 3); {@link #whenSettled} says when that is known. */
    boolean allowsConnect() {
        return allowsConnect;
    }

    /** Calls {@link Http2UpstreamStream#settled} when the endpoint's settings are known: at once, or later, or never. */
    void whenSettled(Http2UpstreamStream stream) {
        if (waiting == null) {
            stream.settled();
        } else {
            waiting.add(stream);
        }
    }

    boolean mayHaveProcessed(int stream) {
        return stream <= lastProcessed;
    }

    /** A stream is over, or was never used. */
    void streamClosed() {
        if (state == State.OPEN) {
            loop.http2Pool.serve(this);
        }
        if (streams.active() > 0) {
            return;
        }
        if (state == State.LEAVING || loop.draining() || !permit().idle()) {
            close();
        } else {
            deadline = loop.after(loop.limits.upstreamIdle());
        }
    }

    // Receiving

    /** What the codec tells about the frames of this connection. */
    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            Http2UpstreamStream stream = streams.find(id);
            if (stream != null) {
                stream.headers(headers, end);
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

        /** Returns what need not wait for the client before the endpoint may send as much again. */
        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            Http2UpstreamStream stream = streams.find(id);
            return padding + (stream == null ? data.readableBytes() : stream.data(data, end));
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
            Boolean connect = settings.connectProtocolEnabled();
            allowsConnect = connect == null ? allowsConnect : connect;
            List<Http2UpstreamStream> told = waiting;
            waiting = null;
            if (told != null) {
                told.forEach(Http2UpstreamStream::settled);
            }
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode) {
            Http2UpstreamStream stream = streams.find(id);
            if (stream != null) {
                stream.resetWith(errorCode);
            }
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext ctx, int lastStream, long errorCode, ByteBuf debug) {
            lastProcessed = lastStream;
            leave();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext own, Object msg) throws Exception {
        streams.codec.channelRead(streams.ctx(), msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        streams.forEach(Http2StreamHandler::readComplete);
    }

    // Ending

    /** Takes no new requests, and closes when the last one has ended. */
    void leave() {
        if (state == State.OPEN) {
            state = State.LEAVING;
            loop.http2Pool.remove(this);
            if (streams.active() == 0) {
                close();
            }
        }
    }

    @Override
    void reclaimed() {
        leave();
    }

    private void close() {
        state = State.LEAVING;
        loop.http2Pool.remove(this);
        streams.ctx().close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.http2Pool.remove(this);
        loop.remove(this);
        forEachWaiting(Http2UpstreamStream::neverSettled);
    }

    private void forEachWaiting(Consumer<Http2UpstreamStream> action) {
        if (waiting != null) {
            List.copyOf(waiting).forEach(action);
        }
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
        if (sendStalled(pending, now, loop.limits.send().toNanos()) || now > deadline) {
            close();
        } else {
            streams.forEach(stream -> stream.tick(now));
            forEachWaiting(stream -> stream.tick(now));
        }
    }

    @Override
    void drain() {
        leave();
    }

    @Override
    void closeNow() {
        streams.forEach(Http2StreamHandler::cancel);
        close();
    }
}
