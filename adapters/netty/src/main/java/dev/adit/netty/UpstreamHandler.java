package dev.adit.netty;

import dev.adit.balancer.ConnectionPermit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.concurrent.RejectedExecutionException;

/** A connection to an endpoint. */
abstract class UpstreamHandler extends LoopMember {
    /** One that is not asked for, as long as the connection does not stand. */
    private ConnectionPermit permit = ConnectionPermit.uncounted();

    UpstreamHandler(Loop loop) {
        super(loop);
    }

    /** Holds {@code granted} until {@code channel} is closed, whoever has it then. */
    final void hold(ConnectionPermit granted, Channel channel) {
        permit = granted;
        channel.closeFuture().addListener(closed -> granted.close());
    }

    /** Those were served who waited for this connection. */
    final void mayBeReclaimed() {
        permit.opened(() -> {
            try {
                loop.eventLoop.execute(this::reclaimed);
            } catch (RejectedExecutionException e) {
                // The loop has ended, and has closed its connections.
                permit.close();
            }
        });
    }

    final ConnectionPermit permit() {
        return permit;
    }

    /** Somebody else needs to connect to the endpoint: close when nobody uses this, and take no new requests. */
    abstract void reclaimed();

    /** The connection stands, TLS included: what its first request is sent to. */
    abstract UpstreamSide ready();

    /** An endpoint that has ended its TLS may wait for us to end ours before it ends the connection, and says nothing more. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            ctx.close();
        }
    }

    @Override
    final boolean isClient() {
        return false;
    }
}
