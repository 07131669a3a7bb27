package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import dev.adit.wire.EndpointAddresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens upstream connections on one event loop: name, address, connection, TLS; one deadline over all of it. */
final class UpstreamConnector {
    /** Hears how it went; one of the two, once, on the event loop. */
    interface Listener {
        void connected(UpstreamSide upstream);

        void connectFailed(UpstreamFailure.Kind kind, String detail);
    }

    private final Loop loop;
    private final IoTransport transport;
    private @Nullable DnsNameResolver resolver;
    private @Nullable SslContext tls;
    private @Nullable SslContext http2Tls;

    UpstreamConnector(Loop loop) {
        this.loop = loop;
        this.transport = IoTransport.of(loop.eventLoop);
    }

    void connect(Endpoint endpoint, Protocol protocol, Duration timeout, Listener listener) {
        Attempt attempt = new Attempt(endpoint, protocol, System.nanoTime() + timeout.toNanos(), listener);
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

    /** Certificates of endpoints are not verified: pods rarely have one that could be. */
    private static SslContextBuilder unverified() {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null);
    }

    private SslContext tls() throws SSLException {
        if (tls == null) {
            tls = unverified().build();
        }
        return Objects.requireNonNull(tls);
    }

    private SslContext http2Tls() throws SSLException {
        if (http2Tls == null) {
            http2Tls = unverified()
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2))
                    .build();
        }
        return Objects.requireNonNull(http2Tls);
    }

    /** One connection in the making. */
    private final class Attempt {
        private final Endpoint endpoint;
        private final Protocol protocol;
        private final long deadline;
        private final Listener listener;
        private final Deque<InetAddress> addresses = new ArrayDeque<>(EndpointAddresses.MOST);

        Attempt(Endpoint endpoint, Protocol protocol, long deadline, Listener listener) {
            this.endpoint = endpoint;
            this.protocol = protocol;
            this.deadline = deadline;
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
                listener.connectFailed(UpstreamFailure.Kind.CONNECT_TIMEOUT, "no connection in time");
                return;
            }
            UpstreamHandler connection = protocol.isHttp2()
                    ? new Http2Upstream(loop, endpoint, protocol)
                    : new UpstreamConnection(loop, endpoint, protocol);
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
                        protected void initChannel(Channel channel) throws SSLException {
                            if (protocol.isSecure()) {
                                channel.pipeline().addLast(sslHandler(channel));
                            }
                            channel.pipeline().addLast(connection);
                        }
                    })
                    .connect(new InetSocketAddress(addresses.remove(), endpoint.port()))
                    .addListener((io.netty.channel.ChannelFuture connect) -> {
                        if (!connect.isSuccess()) {
                            failed(connect.cause());
                        } else if (protocol.isSecure()) {
                            secure(connect.channel(), connection);
                        } else {
                            connected(connection);
                        }
                    });
        }

        private SslHandler sslHandler(Channel channel) throws SSLException {
            boolean named = NetUtil.createByteArrayFromIpAddressString(endpoint.host()) == null;
            // RFC 6066 section 3: an address is no server name.
            SslContext context = protocol.isHttp2() ? http2Tls() : tls();
            return named
                    ? context.newHandler(channel.alloc(), endpoint.host(), endpoint.port())
                    : context.newHandler(channel.alloc());
        }

        private void secure(Channel channel, UpstreamHandler connection) {
            SslHandler ssl = Objects.requireNonNull(channel.pipeline().get(SslHandler.class));
            ssl.setHandshakeTimeoutMillis(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            ssl.handshakeFuture().addListener((Future<Channel> handshake) -> {
                if (!handshake.isSuccess()) {
                    channel.close();
                    failed(handshake.cause());
                } else if (protocol.isHttp2() && !ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
                    channel.close();
                    failed(new SSLException("the endpoint did not agree on h2"));
                } else {
                    connected(connection);
                }
            });
        }

        private void connected(UpstreamHandler connection) {
            listener.connected(connection.ready());
        }

        private void failed(Throwable cause) {
            boolean late = cause instanceof ConnectTimeoutException || cause instanceof SslHandshakeTimeoutException;
            if (!late && !addresses.isEmpty()) {
                next();
            } else {
                listener.connectFailed(
                        late ? UpstreamFailure.Kind.CONNECT_TIMEOUT : UpstreamFailure.Kind.CONNECT,
                        Objects.toString(cause.getMessage(), cause.toString()));
            }
        }
    }
}
