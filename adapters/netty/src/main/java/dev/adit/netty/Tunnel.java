package dev.adit.netty;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.PassedConnection.End;
import io.netty.buffer.ByteBuf;
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
import org.jspecify.annotations.Nullable;

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
    /**
     * How a tunnel ended.
     *
     * @param clientBytes how many bytes were read from the client
     * @param upstreamBytes how many were read from the upstream
     */
    record Ended(End end, long clientBytes, long upstreamBytes) {
        /** The same of an exchange. */
        Outcome outcome() {
            return end == End.CANCELLED ? Outcome.CANCELLED : Outcome.COMPLETED;
        }
    }

    /** What the two directions have in common. */
    private static final class Account {
        private final Consumer<Ended> listener;
        private long clientBytes;
        private long upstreamBytes;
        /** Whose input ended first. */
        private @Nullable End first;

        Account(Consumer<Ended> listener) {
            this.listener = listener;
        }

        void ended(End end) {
            listener.accept(new Ended(end, clientBytes, upstreamBytes));
        }
    }

    private final Channel channel;
    private final Channel peer;
    /** The one who is read from. */
    private final End side;

    private final Account account;
    private boolean inputEnded;
    private long deadline;

    private Tunnel(Loop loop, Channel channel, Channel peer, End side, Account account) {
        super(loop);
        this.channel = channel;
        this.peer = peer;
        this.side = side;
        this.account = account;
    }

    /**
     * Joins two channels whose handlers are through with them.
     *
     * @param listener hears how it ended, maybe more than once: the first time counts
     */
    static void join(Loop loop, Channel client, Channel upstream, Consumer<Ended> listener) {
        Account account = new Account(listener);
        Tunnel fromClient = new Tunnel(loop, client, upstream, End.CLIENT, account);
        Tunnel fromUpstream = new Tunnel(loop, upstream, client, End.UPSTREAM, account);
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
            close(first());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        deadline = loop.after(loop.limits.tunnelIdle());
        int bytes = ((ByteBuf) msg).readableBytes();
        if (side == End.CLIENT) {
            account.clientBytes += bytes;
        } else {
            account.upstreamBytes += bytes;
        }
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
        End first = first();
        Tunnel other = peer.pipeline().get(Tunnel.class);
        boolean bothEnded = other == null || other.inputEnded;
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (bothEnded) {
                close(first);
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

    /** Whose end was the first, now that this side's has come. */
    private End first() {
        if (account.first == null) {
            account.first = side;
        }
        return account.first;
    }

    /** Ends both directions. */
    private void close(End end) {
        channel.close();
        peer.close();
        account.ended(end);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        account.ended(first());
        // What was read before the end still belongs to the other side.
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> peer.close());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Clients.log(channel, cause);
        close(first());
    }

    @Override
    void tick(long now) {
        Tunnel other = peer.pipeline().get(Tunnel.class);
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
        boolean silent = now > deadline && (other == null || now > other.deadline);
        if (silent || sendStalled(pending, now, loop.limits.tunnelIdle().toNanos())) {
            close(End.IDLE);
        }
    }

    /** A tunnel may last as long as the gateway waits. */
    @Override
    void drain() {}

    @Override
    void closeNow() {
        close(End.CANCELLED);
    }
}
