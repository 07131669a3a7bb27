package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP/1.1 and HTTP/2 on the channels of somebody's own Netty server. Make one for a gateway and add it to every
 * pipeline, as the last handler, in the place where an HTTP codec would stand: it reads bytes and writes bytes, and brings
 * its own strict parser. If the pipeline has an {@code SslHandler}, that goes before it.
 *
 * <p>HTTP/2 is spoken where TLS agreed on {@code h2} by ALPN, or where a client in clear text begins with its preface (RFC
 * 9113 section 3.3); the {@code Upgrade: h2c} of older texts is not answered.
 *
 * <pre>{@code
 * NettyGatewayHandler handler = new NettyGatewayHandler(gateway, TransportLimits.DEFAULT);
 * bootstrap.childHandler(new ChannelInitializer<SocketChannel>() {
 *     protected void initChannel(SocketChannel channel) {
 *         channel.pipeline().addLast(handler);
 *     }
 * });
 * }</pre>
 *
 * Upstream connections live on the event loop of the client's channel, epoll or nio, and are kept for that loop's next
 * request. Health checks are carried out from the first channel on. Safe for any number of threads.
 *
 * <p>On epoll loops of your own, Netty 4.2.18 may tear a tunnel (after 101) whose one side has ended its output while the
 * other still sends; nio loops, and the loops that {@link NettyGateway} makes, do not.
 */
@Sharable
public final class NettyGatewayHandler extends ChannelHandlerAdapter {
    private final Gateway gateway;
    private final TransportLimits limits;
    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();
    /** Sends the probes of health checks: on the first loop there is, from then on. */
    private final AtomicReference<@Nullable LoopProber> prober = new AtomicReference<>();

    private final ExecutorService upstreamHandshakes =
            HandshakeThreads.create("adit-upstream-tls", Runtime.getRuntime().availableProcessors());

    private volatile boolean draining;

    /** A handler for any number of channels. */
    public NettyGatewayHandler(Gateway gateway, TransportLimits limits) {
        this.gateway = Objects.requireNonNull(gateway);
        this.limits = Objects.requireNonNull(limits);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.pipeline().replace(this, ctx.name(), newHandler(ctx.channel()));
    }

    /** What stands in this handler's place in the pipeline of {@code channel}. */
    ChannelHandler newHandler(Channel channel) {
        Loop loop = loop(channel.eventLoop());
        if (draining) {
            loop.drain();
        }
        return new ProtocolHandler(loop);
    }

    /** What the channels of {@code eventLoop} share. */
    Loop loop(EventLoop eventLoop) {
        Loop loop =
                loops.computeIfAbsent(eventLoop, own -> new Loop(own, gateway, limits, allocator, upstreamHandshakes));
        if (prober.get() == null && !draining) {
            LoopProber made = new LoopProber(loop);
            if (prober.compareAndSet(null, made)) {
                gateway.probes().start(made);
            }
        }
        return loop;
    }

    /**
     * Lets requests under way finish, with {@code Connection: close} or GOAWAY, and closes every other connection, as well as new
     * ones once they were answered. Stop accepting before. Tunnels stay open.
     *
     * @return completes, on an event loop, when the last client is gone
     */
    public CompletableFuture<Void> drain() {
        draining = true;
        return CompletableFuture.allOf(loops.values().stream().map(Loop::drain).toArray(CompletableFuture[]::new));
    }

    /** Closes every connection now, and lets go of everything that was opened. */
    public void closeNow() {
        draining = true;
        LoopProber probing = prober.get();
        if (probing != null) {
            gateway.probes().stop(probing);
        }
        loops.values().forEach(Loop::closeNow);
        upstreamHandshakes.shutdown();
    }
}
