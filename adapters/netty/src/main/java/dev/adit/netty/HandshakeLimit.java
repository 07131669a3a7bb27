package dev.adit.netty;

import dev.adit.exchange.AddressLimit;
import dev.adit.exchange.TransportLimits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One unfinished handshake: counted for its client's address, and timed from the connection's first moment on, whichever handlers read
 * it. Stands at the head of the pipeline until it is over; those behind it have no clocks of their own.
 *
 * <pre>
 *   begin ──▶ counted, timed ──TLS is agreed on here: end──▶ removed
 *     │           │   └─hello of a host that is passed through: untime──▶ counted ──an endpoint takes it: end──▶ removed
 *     │           └─too late──▶ closed
 *     └─too many of that address──▶ closed
 * </pre>
 */
final class HandshakeLimit extends ChannelHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(NettyGateway.class.getName());

    private final AddressLimit limit;
    private final InetAddress address;
    private final Duration time;
    private @Nullable Future<?> clock;

    private HandshakeLimit(AddressLimit limit, InetAddress address, Duration time) {
        this.limit = limit;
        this.address = address;
        this.time = time;
    }

    /**
     * Lets {@code channel} begin a handshake, or closes it.
     *
     * @param limit of unfinished handshakes
     * @param time how long one may take, as {@link TransportLimits#tlsHandshake}
     * @param tls adds what shakes hands
     */
    static void begin(AddressLimit limit, Duration time, Channel channel, Runnable tls) {
        // A connection that is gone already has no address.
        InetAddress address = channel.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        if (address == null || !limit.begin(address)) {
            channel.close();
            return;
        }
        channel.pipeline().addLast(new HandshakeLimit(limit, address, time));
        tls.run();
    }

    /** The hello came in time, and who goes on with it has a clock. */
    static void untime(ChannelPipeline pipeline) {
        HandshakeLimit begun = pipeline.get(HandshakeLimit.class);
        if (begun != null) {
            begun.untime();
        }
    }

    /** Ends what was begun, if anything was and it has not ended. */
    static void end(ChannelPipeline pipeline) {
        HandshakeLimit begun = pipeline.get(HandshakeLimit.class);
        if (begun != null) {
            pipeline.remove(begun);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        clock = ctx.executor()
                .schedule(
                        () -> {
                            LOG.log(System.Logger.Level.DEBUG, "a TLS handshake of {0} took too long", address);
                            ctx.close(); // From here on: an alert would wait for a client that may not read it.
                        },
                        time.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private void untime() {
        if (clock != null) {
            clock.cancel(false);
            clock = null;
        }
    }

    /** Also when the connection has ended. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        untime();
        limit.end(address);
    }
}
