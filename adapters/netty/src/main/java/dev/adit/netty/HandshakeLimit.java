package dev.adit.netty;

import dev.adit.exchange.AddressLimit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** One unfinished handshake of a client's address: until it ends, or its connection does. */
final class HandshakeLimit extends ChannelInboundHandlerAdapter {
    private final AddressLimit limit;
    private final InetAddress address;
    private boolean moved;

    private HandshakeLimit(AddressLimit limit, InetAddress address) {
        this.limit = limit;
        this.address = address;
    }

    /** Lets {@code channel} begin a handshake, or closes it. */
    static void begin(AddressLimit limit, Channel channel, Runnable tls) {
        // A connection that is gone already has no address.
        InetAddress address = channel.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        if (address == null || !limit.begin(address)) {
            channel.close();
            return;
        }
        tls.run();
        new HandshakeLimit(limit, address).addTo(channel.pipeline());
    }

    /** Puts what was begun in its place again, after TLS was added to the end of the pipeline. */
    static void follow(ChannelPipeline pipeline) {
        HandshakeLimit begun = pipeline.get(HandshakeLimit.class);
        if (begun != null) {
            begun.moved = true;
            pipeline.remove(begun);
            new HandshakeLimit(begun.limit, begun.address).addTo(pipeline);
        }
    }

    /** Ends what was begun, if that has not ended: there is no handshake of ours. */
    static void end(ChannelPipeline pipeline) {
        HandshakeLimit begun = pipeline.get(HandshakeLimit.class);
        if (begun != null) {
            pipeline.remove(begun);
        }
    }

    private void addTo(ChannelPipeline pipeline) {
        ChannelHandlerContext ssl = pipeline.context(SslHandler.class);
        if (ssl == null) { // it is put before this one when the hello is there
            pipeline.addLast(this);
        } else {
            pipeline.addAfter(ssl.name(), null, this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent) {
            ctx.pipeline().remove(this);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!moved) {
            limit.end(address);
        }
    }
}
