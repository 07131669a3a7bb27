package dev.adit.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the beginning of a client's connection until it is known whether that speaks HTTP/1.1 or HTTP/2, and makes way.
 *
 * <pre>
 *   TLS         ──handshake──▶ ALPN says h2 ─────────────────▶ Http2ClientHandler
 *                              anything else, or nothing ────▶ ClientHandler
 *   clear text  ──bytes──▶ the preface of RFC 9113, whole ───▶ Http2ClientHandler
 *                 ▲  │     other bytes ──────────────────────▶ ClientHandler
 *                 └──┘ a part of the preface
 * </pre>
 */
final class ProtocolHandler extends LoopMember {
    private static final byte[] PREFACE = HeadWriter.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private @Nullable ChannelHandlerContext ctx;
    private boolean secure;
    private long deadline;
    private ByteBuf start = Unpooled.EMPTY_BUFFER;

    ProtocolHandler(Loop loop) {
        super(loop);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        secure = ssl != null;
        loop.add(this);
        deadline = loop.after(
                secure ? loop.limits.headerRead().plus(loop.limits.tlsHandshake()) : loop.limits.headerRead());
        if (ssl != null && ssl.handshakeFuture().isSuccess()) {
            agreed(ctx, ssl);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        SslHandler ssl = ctx.pipeline().get(SslHandler.class);
        if (ssl != null && event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            agreed(ctx, ssl);
        }
        ctx.fireUserEventTriggered(event);
    }

    private void agreed(ChannelHandlerContext ctx, SslHandler ssl) {
        HandshakeLimit.end(ctx.pipeline());
        // Netty only knows what its own engines agreed on.
        String agreed = ssl.applicationProtocol();
        makeWay(ctx, "h2".equals(agreed == null ? ssl.engine().getApplicationProtocol() : agreed));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        start = start.isReadable() ? Unpooled.wrappedBuffer(start, in) : in;
        int length = Math.min(start.readableBytes(), PREFACE.length);
        boolean preface = true;
        for (int i = 0; i < length && preface; i++) {
            preface = start.getByte(start.readerIndex() + i) == PREFACE[i];
        }
        if (secure || !preface || length == PREFACE.length) {
            makeWay(ctx, !secure && preface);
        }
    }

    private void makeWay(ChannelHandlerContext ctx, boolean http2) {
        ByteBuf bytes = start;
        start = Unpooled.EMPTY_BUFFER;
        LoopMember next = http2 ? new Http2ClientHandler(loop, deadline) : new ClientHandler(loop, deadline);
        ctx.pipeline().replace(this, ctx.name(), next);
        if (bytes.isReadable()) {
            try {
                next.channelRead(ctx.pipeline().context(next), bytes);
            } catch (Exception e) {
                ctx.pipeline().fireExceptionCaught(e);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(ctx.channel(), cause);
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
        start.release();
        start = Unpooled.EMPTY_BUFFER;
    }

    // Watching

    @Override
    void tick(long now) {
        if (now > deadline) {
            closeNow();
        }
    }

    @Override
    void drain() {
        closeNow();
    }

    @Override
    void closeNow() {
        Objects.requireNonNull(ctx).close();
    }
}
