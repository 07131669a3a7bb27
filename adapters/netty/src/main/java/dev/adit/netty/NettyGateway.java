package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.exchange.AddressLimit;
import dev.adit.exchange.TransportLimits;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy for HTTP/1.1 and HTTP/2: listens, and serves what a {@link Gateway} routes. Everything of one client's connection happens on one
 * event loop: its requests, the upstream connections they use, and their timeouts.
 *
 * <pre>{@code
 * try (NettyGateway server = NettyGateway.builder().gateway(gateway).http(8080).build().start()) {
 *     ...
 * }
 * }</pre>
 *
 * Certificates are those of the gateway's table at the moment of a handshake: a listener is never restarted for them.
 * Start and close once; the methods are safe for any thread.
 */
public final class NettyGateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NettyGateway.class.getName());
    private static final int BACKLOG = 1024;
    private static final int DISABLED = -1;
    private static final List<String> APPLICATION_PROTOCOLS = List.of("h2", "http/1.1");

    private final Gateway gateway;
    private final NettyGatewayHandler handler;
    private final TransportLimits limits;
    private final @Nullable Function<ByteBufAllocator, SSLEngine> tlsEngines;
    private final TlsEngine tlsEngine;
    private final @Nullable Path ticketKeyFile;
    private final @Nullable InetAddress bind;
    private final int http;
    private final int https;
    private final int threads;
    private final Duration grace;
    private final AddressLimit handshakes;
    private final List<Channel> listeners = new ArrayList<>(2);
    private @Nullable EventLoopGroup eventLoops;
    private @Nullable TlsServer tls;
    private @Nullable TicketKeyFile ticketKeys;
    private volatile int httpPort = DISABLED;
    private volatile int httpsPort = DISABLED;

    private NettyGateway(Builder builder) {
        gateway = Objects.requireNonNull(builder.gateway, "gateway");
        if (builder.http == DISABLED && builder.https == DISABLED) {
            throw new IllegalStateException("neither an HTTP nor an HTTPS port was asked for");
        }
        handler = new NettyGatewayHandler(gateway, builder.limits);
        limits = builder.limits;
        handshakes = new AddressLimit(limits.handshakes());
        tlsEngines = builder.tlsEngines;
        tlsEngine = builder.tlsEngine;
        ticketKeyFile = builder.ticketKeyFile;
        bind = builder.bind;
        http = builder.http;
        https = builder.https;
        threads = builder.threads;
        grace = builder.grace;
    }

    /** A builder with default limits, listening to nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Listens.
     *
     * @return this
     * @throws UncheckedIOException if a port cannot be listened to, or the ticket keys not be read
     * @throws IllegalArgumentException if the ticket keys cannot be used
     * @throws IllegalStateException if it was started before, or if OpenSSL was asked for and does not work here
     */
    public synchronized NettyGateway start() {
        if (eventLoops != null) {
            throw new IllegalStateException("was started before");
        }
        IoTransport transport = IoTransport.best();
        eventLoops =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("adit", true), transport.handlers());
        try {
            if (http != DISABLED) {
                httpPort = listen(transport, http, null);
            }
            if (https != DISABLED) {
                TlsServer ending = newTls();
                tls = gateway.settings().sslPassthrough() ? new PassthroughTls(gateway, ending) : ending;
                httpsPort = listen(transport, https, tls);
            }
            handler.loop((EventLoop) eventLoops.next());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "listening: http {0}, https {1}, {2} event loops of {3}",
                http == DISABLED ? "off" : Integer.toString(httpPort),
                tls == null ? "off" : httpsPort + " with " + tls,
                threads,
                transport);
        return this;
    }

    private TlsServer newTls() {
        if (ticketKeyFile != null && (tlsEngines != null || tlsEngine.resolve() == TlsEngine.JDK)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the ticket keys of {0} are not used: only OpenSSL takes keys of others",
                    ticketKeyFile);
        }
        if (tlsEngines != null) {
            return new EngineTls("engines of the caller", tlsEngines, signers());
        }
        TlsEngine engine = tlsEngine.resolve();
        Supplier<CertificateTable> tables = () -> gateway.table().certificates();
        ServerTls server = ServerTls.of(tables);
        EngineTls jdk = new EngineTls("the JDK's TLS", allocator -> server.newEngine(APPLICATION_PROTOCOLS), signers());
        return engine == TlsEngine.OPENSSL
                ? new OpenSslTls(
                        tables,
                        policy -> server.parameters(APPLICATION_PROTOCOLS, policy),
                        APPLICATION_PROTOCOLS,
                        newTicketKeys(),
                        jdk)
                : jdk;
    }

    private ExecutorService signers() {
        return HandshakeThreads.create("adit-tls", threads);
    }

    private TicketKeys newTicketKeys() {
        if (ticketKeyFile == null) {
            return TicketKeys.generated(System::nanoTime);
        }
        ticketKeys = new TicketKeyFile(ticketKeyFile);
        ticketKeys.watch();
        return ticketKeys.keys();
    }

    private int listen(IoTransport transport, int port, @Nullable TlsServer tls) {
        InetSocketAddress address = bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls == null) {
                            channel.pipeline().addLast(handler.newHandler(channel));
                        } else {
                            Runnable shake = () -> tls.addTo(channel.pipeline(), handler);
                            HandshakeLimit.begin(handshakes, limits.tlsHandshake(), channel, shake);
                        }
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(new IOException(
                    "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause()));
        }
        listeners.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    /** The file of the ticket keys, if they are used, for tests. */
    @Nullable
    TicketKeyFile ticketKeys() {
        return ticketKeys;
    }

    /** The port that plain HTTP is served on, or -1. */
    public int httpPort() {
        return httpPort;
    }

    /** The port that HTTPS is served on, or -1. */
    public int httpsPort() {
        return httpsPort;
    }

    /**
     * Stops accepting, lets requests under way finish for as long as the grace period allows, then closes what is left.
     * Returns when all of that is done. Does nothing if it was called before, or if nothing was started.
     */
    @Override
    public synchronized void close() {
        if (eventLoops == null || eventLoops.isShuttingDown()) {
            return;
        }
        for (Channel listener : listeners) {
            listener.close().awaitUninterruptibly();
        }
        boolean interrupted = awaitDrain();
        handler.closeNow();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        if (tls != null) {
            tls.close();
        }
        if (ticketKeys != null) {
            ticketKeys.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the thread was interrupted, which ends the wait. */
    private boolean awaitDrain() {
        try {
            handler.drain().get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.INFO, "connections were still open after {0}: closed", grace);
        } catch (ExecutionException e) {
            throw new IllegalStateException("draining cannot fail", e);
        } catch (InterruptedException e) {
            return true;
        }
        return false;
    }

    /** Collects what a server needs; not thread-safe. */
    public static final class Builder {
        private @Nullable Gateway gateway;
        private TransportLimits limits = TransportLimits.DEFAULT;
        private @Nullable Function<ByteBufAllocator, SSLEngine> tlsEngines;
        private TlsEngine tlsEngine = TlsEngine.AUTO;
        private @Nullable Path ticketKeyFile;
        private @Nullable InetAddress bind;
        private int http = DISABLED;
        private int https = DISABLED;
        private int threads = Runtime.getRuntime().availableProcessors();
        private Duration grace = Duration.ofSeconds(10);

        private Builder() {}

        /** What decides about requests. Must be given. */
        public Builder gateway(Gateway gateway) {
            this.gateway = Objects.requireNonNull(gateway);
            return this;
        }

        /** Serves plain HTTP on {@code port}, 0 to 65535; 0 lets the system choose. Default: not at all. */
        public Builder http(int port) {
            this.http = checkedPort(port);
            return this;
        }

        /** Serves HTTPS on {@code port}, 0 to 65535; 0 lets the system choose. Default: not at all. */
        public Builder https(int port) {
            this.https = checkedPort(port);
            return this;
        }

        private static int checkedPort(int port) {
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("not a port: " + port);
            }
            return port;
        }

        /** The local address to listen on. Default: every one. */
        public Builder bind(InetAddress address) {
            this.bind = Objects.requireNonNull(address);
            return this;
        }

        /** What connections may cost. Default: {@link TransportLimits#DEFAULT}. */
        public Builder limits(TransportLimits limits) {
            this.limits = Objects.requireNonNull(limits);
            return this;
        }

        /** How many threads move the bytes, at least 1. Default: one for each processor. */
        public Builder eventLoopThreads(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException("no threads");
            }
            this.threads = threads;
            return this;
        }

        /** Which library serves TLS, with the certificates of the gateway. Default: {@link TlsEngine#AUTO}. */
        public Builder tlsEngine(TlsEngine engine) {
            this.tlsEngine = Objects.requireNonNull(engine);
            return this;
        }

        /**
         * Keys of session tickets, so that clients can resume at every gateway that has the same file, and after a restart. Each line
         * is the Base64 of 48 or 80 random bytes, as {@code openssl rand -base64 48} makes them; empty lines and those that begin
         * with {@code #} do not count; at most 16 keys. The first seals new tickets, all of them open: to rotate, put a new one first, and
         * take away the old one {@linkplain dev.adit.tls.ServerTls#SESSION_LIFETIME ten minutes} later. The file is looked at every few
         * seconds; one that cannot be used leaves the keys as they are. A ticket is good for the server name, certificate and suites that
         * it was made for only. Only {@link TlsEngine#OPENSSL} can do it: the JDK's makes its own keys, and a warning says so. Default:
         * random keys, a new one every ten minutes.
         */
        public Builder ticketKeyFile(Path file) {
            this.ticketKeyFile = Objects.requireNonNull(file);
            return this;
        }

        /**
         * Makes the TLS engine of each connection, in server mode, with {@code h2} and {@code http/1.1} as its ALPN names, and with
         * whatever certificates it likes. Default: what {@link #tlsEngine} says, with the certificates of the gateway.
         */
        public Builder tlsEngines(Function<ByteBufAllocator, SSLEngine> engines) {
            this.tlsEngines = Objects.requireNonNull(engines);
            return this;
        }

        /** How long {@link NettyGateway#close} waits for requests under way. Default: 10 seconds. */
        public Builder shutdownGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new IllegalArgumentException("a negative time");
            }
            this.grace = grace;
            return this;
        }

        /** The server, not started. @throws IllegalStateException if no port was asked for */
        public NettyGateway build() {
            return new NettyGateway(this);
        }
    }
}
