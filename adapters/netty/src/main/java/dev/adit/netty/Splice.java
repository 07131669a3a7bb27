package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.PassedConnection.End;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection whose TLS is passed through, until an endpoint has taken it.
 *
 * <pre>
 *   CONNECTING ──connected──▶ the hello goes first, then a Tunnel takes over
 *     ▲   │ failed
 *     └───┴──▶ nobody is left, the client is gone, the gateway closes ──▶ DONE
 * </pre>
 *
 * Meanwhile the client is not read from: what is kept is its hello, and what came with that in one read.
 */
final class Splice extends LoopMember implements UpstreamConnector.Listener {
    private static final System.Logger LOG = System.getLogger(NettyGateway.class.getName());

    private final Channel client;
    private final Passthrough passthrough;
    private ByteBuf first = Unpooled.EMPTY_BUFFER;
    private boolean done;

    Splice(Loop loop, Channel client, Passthrough passthrough) {
        super(loop);
        this.client = client;
        this.passthrough = passthrough;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
        client.config().setAutoRead(false);
    }

    /** Tries {@code endpoint}; without one, gives up. Call when the hello was read. */
    void connect(@Nullable Endpoint endpoint) {
        if (!client.isActive()) {
            close(End.CLIENT);
        } else if (endpoint == null) {
            close(End.NOT_CONNECTED);
        } else {
            // The protocol does not matter: no request is ever sent.
            loop.connect(
                    endpoint, Protocol.HTTP, passthrough.connectTimeout(), passthrough.permit(endpoint, loop), this);
        }
    }

    @Override
    public boolean isWaiting() {
        return !done;
    }

    @Override
    public void connected(UpstreamSide upstream) {
        Channel taken = done ? null : upstream.detach();
        if (taken == null) {
            upstream.giveUp();
            return;
        }
        done = true;
        passthrough.connected();
        HandshakeLimit.end(client.pipeline());
        int early = first.readableBytes();
        taken.write(first, taken.voidPromise());
        first = Unpooled.EMPTY_BUFFER;
        Tunnel.join(
                loop,
                client,
                taken,
                ended -> passthrough.close(ended.end(), early + ended.clientBytes(), ended.upstreamBytes()));
        taken.flush();
        client.pipeline().remove(this); // Only now: a drain must not find the connection unwatched.
    }

    @Override
    public void connectFailed(UpstreamFailure.Kind kind, String detail) {
        if (done) {
            return;
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "TLS cannot be passed through to {0}: {1}, {2}",
                passthrough.endpoint(),
                kind,
                detail);
        connect(passthrough.connectFailed(kind));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (done) {
            ((ByteBuf) msg).release();
        } else {
            first = first.isReadable() ? Unpooled.wrappedBuffer(first, (ByteBuf) msg) : (ByteBuf) msg;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(End.CLIENT);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(client, cause);
        close(End.CLIENT);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
        first.release();
        first = Unpooled.EMPTY_BUFFER;
    }

    /** To connect has a timeout of its own. */
    @Override
    void tick(long now) {}

    /** It may last as long as the gateway waits. */
    @Override
    void drain() {}

    @Override
    void closeNow() {
        close(End.CANCELLED);
    }

    private void close(End end) {
        if (!done) {
            done = true;
            passthrough.close(end, 0, 0);
            client.close();
        }
    }
}
