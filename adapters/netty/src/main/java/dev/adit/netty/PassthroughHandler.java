package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.exchange.Passthrough;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server name in a client's hello where hosts may have their TLS passed through, and makes way for who goes on with it: the hello
 * is left unread for them.
 *
 * <pre>
 *   hello complete ──▶ of a host that is passed through ──▶ Splice
 *        │        └──▶ of another, without a name, broken ──▶ what ends TLS here
 *        │ too long, no TLS: closed
 * </pre>
 */
final class PassthroughHandler extends AbstractSniHandler<@Nullable Passthrough> {
    private final Gateway gateway;
    private final NettyGatewayHandler handler;
    private final TlsServer others;

    PassthroughHandler(Gateway gateway, NettyGatewayHandler handler, TlsServer others) {
        super(ServerNameHandler.MAX_HELLO, 0);
        this.gateway = gateway;
        this.handler = handler;
        this.others = others;
    }

    @Override
    protected Future<@Nullable Passthrough> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
        Passthrough begun = gateway.passthrough(Clients.describe(gateway, ctx.channel(), hostname));
        return ctx.executor().newSucceededFuture(begun);
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext ctx, @Nullable String hostname, Future<@Nullable Passthrough> future) {
        Passthrough begun = future.getNow();
        ChannelPipeline pipeline = ctx.pipeline();
        if (begun == null) {
            others.addTo(pipeline, handler);
            pipeline.remove(this);
        } else {
            HandshakeLimit.untime(pipeline);
            Splice splice = new Splice(handler.loop(ctx.channel().eventLoop()), ctx.channel(), begun);
            pipeline.addAfter(ctx.name(), null, splice).remove(this);
            splice.connect(begun.endpoint());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(ctx.channel(), cause);
        ctx.close();
    }
}
