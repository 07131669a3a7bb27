package dev.adit.netty;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import dev.adit.wire.EndpointAddresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens upstream connections on one event loop: name, address, connection, TLS; one deadline over all of it. */
final class UpstreamConnector {
    /** Hears how it went; one of the two, once, on the event loop. */
    interface Listener {
        void connected(UpstreamSide upstream);

        void connectFailed(UpstreamFailure.Kind kind, String detail);

        /** Whether anybody would use a connection now: else none is opened, and nothing told. */
        default boolean isWaiting() {
            return true;
        }
    }

    private final Loop loop;
    private final IoTransport transport;
    private final Executor handshakes;
    private @Nullable DnsNameResolver resolver;

    UpstreamConnector(Loop loop, Executor handshakes) {
        this.loop = loop;
        this.handshakes = handshakes;
        this.transport = IoTransport.of(loop.eventLoop);
    }

    /** @param permit is closed with the connection, or if there is none */
    void connect(Endpoint endpoint, Protocol protocol, long deadline, ConnectionPermit permit, Listener listener) {
        Attempt attempt = new Attempt(endpoint, protocol, deadline, permit, listener);
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(endpoint.host());
        if (literal == null) {
            resolver().resolveAll(endpoint.host()).addListener((Future<List<InetAddress>> answer) -> {
                attempt.resolved(answer);
            });
            return;
        }
        try {
            attempt.addresses.add(InetAddress.getByAddress(literal));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the length was checked", e);
        }
        attempt.next();
    }

    void close() {
        if (resolver != null) {
            resolver.close();
        }
    }

    private DnsNameResolver resolver() {
        if (resolver == null) {
            resolver = new DnsNameResolverBuilder(loop.eventLoop)
                    .datagramChannelType(transport.datagramChannel())
                    .socketChannelType(transport.socketChannel())
                    .build();
        }
        return Objects.requireNonNull(resolver);
    }

    /** One connection in the making. */
    private final class Attempt {
        private final Endpoint endpoint;
        private final Protocol protocol;
        private final long deadline;
        private final ConnectionPermit permit;
        private final Listener listener;
        private final Deque<InetAddress> addresses = new ArrayDeque<>(EndpointAddresses.MOST);

        Attempt(Endpoint endpoint, Protocol protocol, long deadline, ConnectionPermit permit, Listener listener) {
            this.endpoint = endpoint;
            this.protocol = protocol;
            this.deadline = deadline;
            this.permit = permit;
            this.listener = listener;
        }

        void resolved(Future<List<InetAddress>> answer) {
            if (!answer.isSuccess()) {
                failed(answer.cause());
                return;
            }
            try {
                addresses.addAll(EndpointAddresses.ofName(endpoint.host(), answer.getNow()));
            } catch (UnknownHostException e) {
                failed(e);
                return;
            }
            next();
        }

        void next() {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                end(UpstreamFailure.Kind.CONNECT_TIMEOUT, "no connection in time");
                return;
            }
            UpstreamHandler connection = protocol.isHttp2()
                    ? new Http2Upstream(loop, endpoint, protocol)
                    : new UpstreamConnection(loop, endpoint, protocol);
            ClientTls tls = protocol.tls();
            new Bootstrap()
                    .group(loop.eventLoop)
                    .channel(transport.socketChannel())
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.ALLOCATOR, loop.allocator)
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    // A write that fails must not throw away an answer that is there to be read.
                    .option(ChannelOption.AUTO_CLOSE, false)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(left, Integer.MAX_VALUE))
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            if (tls != null) {
                                channel.pipeline().addLast(sslHandler(tls));
                            }
                            channel.pipeline().addLast(connection);
                        }
                    })
                    .connect(new InetSocketAddress(addresses.remove(), endpoint.port()))
                    .addListener((io.netty.channel.ChannelFuture connect) -> {
                        if (!connect.isSuccess()) {
                            failed(connect.cause());
                        } else if (tls != null) {
                            secure(connect.channel(), tls, connection);
                        } else {
                            connected(connect.channel(), connection);
                        }
                    });
        }

        private SslHandler sslHandler(ClientTls tls) {
            List<String> protocols = protocol.isHttp2() ? List.of(ApplicationProtocolNames.HTTP_2) : List.of();
            return new SslHandler(tls.newEngine(endpoint.host(), endpoint.port(), protocols), handshakes);
        }

        private void secure(Channel channel, ClientTls tls, UpstreamHandler connection) {
            SslHandler ssl = Objects.requireNonNull(channel.pipeline().get(SslHandler.class));
            ssl.setHandshakeTimeoutMillis(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            ssl.handshakeFuture().addListener((Future<Channel> handshake) -> {
                if (!handshake.isSuccess()) {
                    channel.close();
                    String distrust = tls.distrust(ssl.engine());
                    if (distrust == null) {
                        failed(handshake.cause());
                    } else {
                        failed(UpstreamFailure.Kind.UNTRUSTED, distrust);
                    }
                } else if (protocol.isHttp2()
                        && !ApplicationProtocolNames.HTTP_2.equals(ssl.engine().getApplicationProtocol())) {
                    channel.close();
                    failed(new SSLException("the endpoint did not agree on h2"));
                } else {
                    connected(channel, connection);
                }
            });
        }

        private void connected(Channel channel, UpstreamHandler connection) {
            connection.hold(permit, channel);
            listener.connected(connection.ready());
            connection.mayBeReclaimed();
        }

        private void end(UpstreamFailure.Kind kind, String detail) {
            permit.close();
            listener.connectFailed(kind, detail);
        }

        private void failed(Throwable cause) {
            boolean late = cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException;
            failed(
                    late ? UpstreamFailure.Kind.CONNECT_TIMEOUT : UpstreamFailure.Kind.CONNECT,
                    Objects.toString(cause.getMessage(), cause.toString()));
        }

        private void failed(UpstreamFailure.Kind kind, String detail) {
            if (kind != UpstreamFailure.Kind.CONNECT_TIMEOUT && !addresses.isEmpty()) {
                next();
            } else {
                end(kind, detail);
            }
        }
    }
}
