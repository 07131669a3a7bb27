package dev.adit.netty;

import dev.adit.exchange.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.handler.codec.http2.Http2Error;

/**
 * Joins the stream of an extended CONNECT to a connection that has switched protocols (RFC 8441): sits at the end of that
 * connection's pipeline.
 *
 * <pre>
 *   client's stream  ──DATA──▶ Http2Tunnel ──write──▶ upstream channel   the window opens by what the channel takes
 *   client's stream ◀──DATA──  Http2Tunnel ◀──read──  upstream channel   stops reading while the windows are shut
 *
 *   END_STREAM ──▶ the channel's output ends           end of input ──▶ END_STREAM
 *   RST_STREAM, the client's end ──▶ reset             reset, an error ──▶ RST_STREAM(CANCEL)
 *   both ended, or silence for too long ──▶ both closed, the exchange ends
 * </pre>
 */
final class Http2Tunnel extends LoopMember {
    private final Http2ClientStream stream;
    private final Channel channel;
    private final ExchangeDriver driver;
    /** The client's end was passed on. */
    private boolean clientEnded;
    /** The upstream's end was passed on. */
    private boolean upstreamEnded;

    private long deadline;

    private Http2Tunnel(Http2ClientStream stream, Channel channel, ExchangeDriver driver) {
        super(stream.loop);
        this.stream = stream;
        this.channel = channel;
        this.driver = driver;
    }

    /**
     * Joins a stream whose head has been answered to a channel whose handler is through with it.
     *
     * @param early what followed the upstream's head
     */
    static Http2Tunnel join(Http2ClientStream stream, Channel upstream, ByteBuf early, ExchangeDriver driver) {
        Http2Tunnel tunnel = new Http2Tunnel(stream, upstream, driver);
        if (upstream.config() instanceof SocketChannelConfig config) {
            config.setAllowHalfClosure(true);
        }
        if (early.isReadable()) {
            stream.writeData(early.readRetainedSlice(early.readableBytes()), false);
        }
        upstream.pipeline().addLast(tunnel);
        upstream.config().setAutoRead(stream.isWritable());
        tunnel.pump();
        upstream.flush();
        return tunnel;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
        touch();
        if (!channel.isActive()) {
            channelInactive(ctx);
        }
    }

    private void touch() {
        deadline = loop.after(loop.limits.tunnelIdle());
    }

    // From the client

    /** Passes on what the stream keeps, as far as the upstream takes it. */
    void pump() {
        if (!channel.isOpen()) {
            stream.discard();
            return;
        }
        while (stream.hasKept() && channel.isWritable()) {
            touch();
            channel.write(stream.take(), channel.voidPromise());
        }
        if (stream.hasRequestEnded() && !stream.hasKept() && !clientEnded) {
            clientEnded = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> endOutput());
        }
    }

    void flush() {
        channel.flush();
    }

    private void endOutput() {
        if (upstreamEnded) {
            channel.close();
        } else {
            Tunnel.endOutput(channel);
        }
    }

    /** The client's windows have opened. */
    void clientWritable() {
        // A closed channel must not be asked to read: that would fail it, and with it what is still on its way from it.
        if (channel.isActive()) {
            channel.config().setAutoRead(true);
        }
    }

    /** The stream is no more: as it should be, or because of the client. */
    void streamClosed() {
        if (!stream.hasRequestEnded() || !stream.hasEnded()) {
            stream.discard();
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            close(Outcome.COMPLETED);
        }
    }

    // From the upstream

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        touch();
        ByteBuf data = (ByteBuf) msg;
        if (!stream.isOpen()) {
            data.release();
            return;
        }
        stream.writeData(data, false);
        if (!stream.isWritable()) {
            stream.flush();
            channel.config().setAutoRead(stream.isWritable());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        stream.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            pump();
            flush();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (Tunnel.endsInput(event)) {
            endInput();
            if (clientEnded) {
                channel.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void endInput() {
        if (!upstreamEnded && stream.isOpen()) {
            stream.writeData(Unpooled.EMPTY_BUFFER, true);
            stream.flush();
        }
        upstreamEnded = true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        driver.end(Outcome.COMPLETED);
        endInput();
        stream.discard();
        // What was read before the end still belongs to the client; what it sends goes nowhere any more.
        stream.resetAfterLast();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(channel, cause);
        abort(Outcome.COMPLETED);
    }

    // Ending

    private void abort(Outcome outcome) {
        if (stream.isOpen()) {
            stream.reset(Http2Error.CANCEL);
        }
        close(outcome);
    }

    private void close(Outcome outcome) {
        driver.end(outcome);
        upstreamEnded = true;
        channel.close();
    }

    @Override
    void tick(long now) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        long idle = loop.limits.tunnelIdle().toNanos();
        if (now > deadline || sendStalled(pending, now, idle) || stream.sending.stalled(now, idle)) {
            abort(Outcome.COMPLETED);
        }
    }

    /** A tunnel may last as long as the gateway waits. */
    @Override
    void drain() {}

    @Override
    void closeNow() {
        abort(Outcome.CANCELLED);
    }
}
