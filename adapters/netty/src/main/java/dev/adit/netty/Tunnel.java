package dev.adit.netty;

import dev.adit.exchange.Outcome;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Consumer;

/**
 * One direction of a tunnel, after 101 or where TLS is passed through: sits at the end of one channel's pipeline and passes what it reads to the other.
 *
 * <pre>
 *   client channel  ──read──▶ Tunnel ──write──▶ upstream channel      stops reading while the other is not writable
 *   client channel ◀──write── Tunnel ◀──read──  upstream channel
 *
 *   end of input of one side ──▶ the other's output ends, after what was read; the other direction stays open,
 *                                but OpenSSL sends nothing more to whoever has ended its direction of TLS
 *   both inputs ended, an error, or silence for too long ──▶ both closed, whoever owns them hears of it
 * </pre>
 */
final class Tunnel extends LoopMember {
    private final Channel channel;
    private final Channel peer;
    private final Consumer<Outcome> end;
    private boolean inputEnded;
    private long deadline;

    private Tunnel(Loop loop, Channel channel, Channel peer, Consumer<Outcome> end) {
        super(loop);
        this.channel = channel;
        this.peer = peer;
        this.end = end;
    }

    /**
     * Joins two channels whose handlers are through with them.
     *
     * @param end hears how it ended, maybe more than once: the first time counts
     */
    static void join(Loop loop, Channel client, Channel upstream, Consumer<Outcome> end) {
        Tunnel fromClient = new Tunnel(loop, client, upstream, end);
        Tunnel fromUpstream = new Tunnel(loop, upstream, client, end);
        for (Channel channel : new Channel[] {client, upstream}) {
            if (channel.config() instanceof SocketChannelConfig config) {
                config.setAllowHalfClosure(true);
            }
        }
        client.pipeline().addLast(fromClient);
        upstream.pipeline().addLast(fromUpstream);
        client.config().setAutoRead(true);
        upstream.config().setAutoRead(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
        deadline = loop.after(loop.limits.tunnelIdle());
        if (!channel.isActive()) {
            close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        deadline = loop.after(loop.limits.tunnelIdle());
        peer.write(msg, peer.voidPromise());
        if (!peer.isWritable()) {
            peer.flush();
            channel.config().setAutoRead(peer.isWritable());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        peer.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // A closed channel must not be asked to read: that would fail it, and with it what is still on its way from it.
        if (channel.isWritable() && peer.isActive()) {
            peer.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (endsInput(event)) {
            endInput();
        }
        ctx.fireUserEventTriggered(event);
    }

    private void endInput() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        Tunnel other = peer.pipeline().get(Tunnel.class);
        boolean bothEnded = other == null || other.inputEnded;
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (bothEnded) {
                close();
            } else {
                endOutput(peer);
            }
        });
    }

    /** Whether it says that nothing more will come. */
    static boolean endsInput(Object event) {
        return event instanceof ChannelInputShutdownEvent || event == SslCloseCompletionEvent.SUCCESS;
    }

    /** Tells whoever is behind a channel that nothing more will come; what it sends is still read. */
    static void endOutput(Channel channel) {
        if (!(channel instanceof DuplexChannel duplex)) {
            channel.close();
            return;
        }
        SslHandler ssl = channel.pipeline().get(SslHandler.class);
        if (ssl == null) {
            duplex.shutdownOutput();
        } else {
            // RFC 8446 section 6.1: this ends one direction. Before TLS 1.3 the peer answers by ending the other.
            ssl.closeOutbound().addListener(said -> duplex.shutdownOutput());
        }
    }

    /** Ends both directions. */
    private void close() {
        channel.close();
        peer.close();
        end.accept(Outcome.COMPLETED);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        end.accept(Outcome.COMPLETED);
        // What was read before the end still belongs to the other side.
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> peer.close());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(channel, cause);
        close();
    }

    @Override
    void tick(long now) {
        Tunnel other = peer.pipeline().get(Tunnel.class);
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        boolean silent = now > deadline && (other == null || now > other.deadline);
        if (silent || sendStalled(pending, now, loop.limits.tunnelIdle().toNanos())) {
            close();
        }
    }

    /** A tunnel may last as long as the gateway waits. */
    @Override
    void drain() {}

    @Override
    void closeNow() {
        end.accept(Outcome.CANCELLED);
        close();
    }
}
