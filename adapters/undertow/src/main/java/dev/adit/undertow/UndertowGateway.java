package dev.adit.undertow;

import dev.adit.Gateway;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.TransportLimits;
import dev.adit.tls.ServerTls;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.DefaultByteBufferPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/**
 * A reverse proxy: listens, and serves what a {@link Gateway} routes, on Undertow. Everything of one client's connection
 * happens on one IO thread: its requests, the upstream connections they use, and their timeouts.
 *
 * <pre>{@code
 * try (UndertowGateway server = UndertowGateway.builder().gateway(gateway).http(8080).build().start()) {
 *     ...
 * }
 * }</pre>
 *
 * Certificates are those of the gateway's table at the moment of a handshake: a listener is never restarted for them.
 * HTTP/2 is spoken where the client asks for it, by ALPN or with prior knowledge. Start and close once; the methods are safe
 * for any thread.
 */
public final class UndertowGateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UndertowGateway.class.getName());
    private static final int DISABLED = -1;
    static final int BUFFER_BYTES = 16 << 10;
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    static {
        // The only way to have heads over HTTP/2 of more than 20 000 octets; where Undertow is in use already, or
        // somebody has
        // set it, that stays the limit.
        if (System.getProperty(Http2Channel.HTTP2_MAX_HEADER_SIZE_PROPERTY) == null) {
            int most = 2 * TransportLimits.DEFAULT.headerBytes();
            System.setProperty(Http2Channel.HTTP2_MAX_HEADER_SIZE_PROPERTY, Integer.toString(most));
        }
    }

    private final Gateway gateway;
    private final UndertowGatewayHandler handler;
    private final TransportLimits limits;
    private final @Nullable InetAddress bind;
    private final int http;
    private final int https;
    private final int threads;
    private final Duration grace;
    private final List<Listener> listeners = new ArrayList<>(2);
    private @Nullable XnioWorker worker;
    private volatile int httpPort = DISABLED;
    private volatile int httpsPort = DISABLED;

    private UndertowGateway(Builder builder) {
        gateway = Objects.requireNonNull(builder.gateway, "gateway");
        if (builder.http == DISABLED && builder.https == DISABLED) {
            throw new IllegalStateException("neither an HTTP nor an HTTPS port was asked for");
        }
        handler = new UndertowGatewayHandler(gateway, builder.limits);
        limits = builder.limits;
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
     * @throws UncheckedIOException if a port cannot be listened to
     * @throws IllegalStateException if it was started before
     */
    public synchronized UndertowGateway start() {
        if (worker != null) {
            throw new IllegalStateException("was started before");
        }
        ByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER_BYTES, -1, 4);
        try {
            XnioWorker started = Xnio.getInstance()
                    .createWorker(OptionMap.builder()
                            .set(Options.WORKER_NAME, "adit")
                            .set(Options.WORKER_IO_THREADS, threads)
                            // TLS handshakes are signed there.
                            .set(Options.WORKER_TASK_CORE_THREADS, threads)
                            .set(Options.WORKER_TASK_MAX_THREADS, threads)
                            .set(Options.THREAD_DAEMON, true)
                            .getMap());
            worker = started;
            if (http != DISABLED) {
                httpPort = listen(Listener.clear(started, address(http), buffers, handler, limits));
            }
            if (https != DISABLED) {
                ServerTls tls = ServerTls.of(() -> gateway.table().certificates());
                httpsPort = listen(Listener.secure(started, address(https), buffers, handler, limits, tls));
            }
            handler.loop(started.getIoThread(), buffers);
        } catch (IOException e) {
            close();
            int refused = http != DISABLED && httpPort == DISABLED ? http : https;
            throw new UncheckedIOException(
                    new IOException("cannot listen on " + address(refused) + ": " + e.getMessage(), e));
        }
        Passthrough.warnIfAllowed(gateway.settings(), LOG);
        LOG.log(
                System.Logger.Level.INFO,
                "listening: http {0}, https {1}, {2} IO threads of Undertow",
                port(httpPort),
                port(httpsPort),
                threads);
        return this;
    }

    private int listen(Listener listener) {
        listeners.add(listener);
        return listener.port();
    }

    private InetSocketAddress address(int port) {
        return bind == null ? new InetSocketAddress(port) : new InetSocketAddress(bind, port);
    }

    private static String port(int port) {
        return port == DISABLED ? "off" : Integer.toString(port);
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
        if (worker == null || worker.isShutdown()) {
            return;
        }
        listeners.forEach(Listener::stop);
        boolean interrupted = await(handler.drain(), grace);
        interrupted |= await(handler.closeNow(), AT_ONCE);
        listeners.forEach(Listener::closeConnections);
        worker.shutdownNow();
        try {
            if (!interrupted) {
                worker.awaitTermination(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the thread was interrupted, which ends the wait. */
    private static boolean await(Future<Void> done, Duration limit) {
        try {
            done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.INFO, "requests were still under way after {0}: ended", limit);
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
        public Builder ioThreads(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException("no threads");
            }
            this.threads = threads;
            return this;
        }

        /** How long {@link UndertowGateway#close} waits for requests under way. Default: 10 seconds. */
        public Builder shutdownGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new IllegalArgumentException("a negative time");
            }
            this.grace = grace;
            return this;
        }

        /** The server, not started. @throws IllegalStateException if no port was asked for */
        public UndertowGateway build() {
            return new UndertowGateway(this);
        }
    }
}
