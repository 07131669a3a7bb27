package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.TransportLimits;
import dev.adit.tls.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy on Jetty: listens, and serves what a {@link Gateway} routes. HTTP/1.1, and HTTP/2 over TLS (ALPN) or
 * with prior knowledge.
 *
 * <pre>{@code
 * try (JettyGateway server = JettyGateway.builder().gateway(gateway).http(8080).build().start()) {
 *     ...
 * }
 * }</pre>
 *
 * Certificates are those of the gateway's table at the moment of a handshake: a listener is never restarted for them.
 * Start and close once; the methods are safe for any thread.
 */
public final class JettyGateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(JettyGateway.class.getName());
    private static final int BACKLOG = 1024;
    private static final int DISABLED = -1;

    private final Gateway gateway;
    private final TransportLimits limits;
    private final @Nullable InetAddress bind;
    private final int http;
    private final int https;
    private final int threads;
    private final Duration grace;
    private final List<Http1ConnectionFactory> clients = new ArrayList<>(2);
    private final Http2Connections http2Clients = new Http2Connections();
    private @Nullable Server server;
    private @Nullable JettyGatewayHandler handler;
    private volatile int httpPort = DISABLED;
    private volatile int httpsPort = DISABLED;

    private JettyGateway(Builder builder) {
        gateway = Objects.requireNonNull(builder.gateway, "gateway");
        if (builder.http == DISABLED && builder.https == DISABLED) {
            throw new IllegalStateException("neither an HTTP nor an HTTPS port was asked for");
        }
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
    public synchronized JettyGateway start() {
        if (server != null) {
            throw new IllegalStateException("was started before");
        }
        JettyGatewayHandler served = new JettyGatewayHandler(gateway, limits);
        Server made = newServer(served);
        handler = served;
        server = made;
        ServerConnector plain = http == DISABLED ? null : plainConnector(made, served);
        ServerConnector secure = https == DISABLED ? null : secureConnector(made, served);
        try {
            made.start();
        } catch (Exception e) {
            close();
            throw e instanceof IOException cannotListen
                    ? new UncheckedIOException(cannotListen)
                    : new IllegalStateException("Jetty does not start", e);
        }
        httpPort = plain == null ? DISABLED : plain.getLocalPort();
        httpsPort = secure == null ? DISABLED : secure.getLocalPort();
        Passthrough.warnIfAllowed(gateway.settings(), LOG);
        LOG.log(System.Logger.Level.INFO, "listening: http {0}, https {1}", port(httpPort), port(httpsPort));
        return this;
    }

    private static String port(int port) {
        return port == DISABLED ? "off" : Integer.toString(port);
    }

    private Server newServer(JettyGatewayHandler handler) {
        QueuedThreadPool pool = new QueuedThreadPool(threads);
        pool.setName("adit");
        pool.setDaemon(true);
        Server made = new Server(pool, new ScheduledExecutorScheduler("adit-timer", true), null);
        made.setErrorHandler(new PlainErrors());
        made.setHandler(new GracefulHandler(handler));
        made.setStopTimeout(0);
        made.setStopAtShutdown(false);
        return made;
    }

    private HttpConfiguration configuration() {
        HttpConfiguration configuration = JettyGatewayHandler.configure(new HttpConfiguration());
        configuration.setRequestHeaderSize(limits.headerBytes());
        configuration.setResponseHeaderSize(limits.headerBytes());
        configuration.setMaxResponseHeaderSize(2 * limits.headerBytes());
        return configuration;
    }

    private ServerConnector plainConnector(Server made, JettyGatewayHandler handler) {
        Http2ConnectionFactory http2 = new Http2ConnectionFactory(configuration(), "h2c", limits);
        Http1ConnectionFactory http1 = new Http1ConnectionFactory(handler::engine, http2);
        clients.add(http1);
        return listen(http, connector(made, http1, http2));
    }

    private ServerConnector secureConnector(Server made, JettyGatewayHandler handler) {
        HttpConfiguration configuration = configuration();
        // Jetty adds one that compares names otherwise; that is core's to judge.
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        Http2ConnectionFactory http2 = new Http2ConnectionFactory(configuration, "h2", limits);
        Http1ConnectionFactory http1 = new Http1ConnectionFactory(handler::engine, null);
        clients.add(http1);
        ALPNServerConnectionFactory alpn = new PlatformAlpn();
        alpn.setDefaultProtocol(http1.getProtocol());
        ServerTls tls = ServerTls.of(() -> gateway.table().certificates());
        TimedTls handshakes = new TimedTls(new TableCertificates(tls), tls, alpn.getProtocol(), limits);
        return listen(https, connector(made, handshakes, alpn, http2, http1));
    }

    /** With one thread that accepts: what a selector accepts with is not closed before it selects again. */
    private static ServerConnector connector(Server made, ConnectionFactory... factories) {
        return new ServerConnector(made, null, null, null, 1, -1, factories);
    }

    private ServerConnector listen(int port, ServerConnector connector) {
        connector.setHost(bind == null ? null : bind.getHostAddress());
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        connector.setReuseAddress(true);
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.setShutdownIdleTimeout(limits.idle().toMillis());
        connector.addBean(http2Clients);
        connector.getServer().addConnector(connector);
        return connector;
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
        Server stopped = server;
        if (stopped == null || stopped.isStopped()) {
            return;
        }
        try {
            drain(stopped);
            clients.forEach(Http1ConnectionFactory::closeNow);
            stopped.stop();
        } catch (Exception e) {
            // What did not finish in time was closed all the same.
            LOG.log(System.Logger.Level.INFO, "requests were cut off at the end of the grace period", e);
        }
        stopped.destroy();
    }

    private void drain(Server stopped) throws InterruptedException {
        JettyGatewayHandler served = Objects.requireNonNull(handler);
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (Connector connector : stopped.getConnectors()) {
            // Completes when what was accepted last has been handed over: else it would be lost, and stay open.
            ends.add(connector.shutdown());
        }
        if (served.isStarted()) {
            served.engine().drain();
        }
        for (Http1ConnectionFactory factory : clients) {
            ends.add(factory.drain());
        }
        for (Connector connector : stopped.getConnectors()) {
            connector.getConnectionFactories().stream()
                    .flatMap(factory -> ((AbstractConnectionFactory) factory).getBeans(Graceful.class).stream())
                    .forEach(Graceful::shutdown);
        }
        ends.add(http2Clients.drain());
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(System.Logger.Level.INFO, "requests are cut off at the end of the grace period");
        }
        if (served.isStarted()) {
            served.engine().stop();
        }
    }

    /** Jetty's TLS with the certificates, protocols and suites of a gateway. */
    static final class TableCertificates extends SslContextFactory.Server {
        private final ServerTls tls;

        TableCertificates(ServerTls tls) {
            this.tls = tls;
            setSslContext(tls.context());
            setRenegotiationAllowed(false);
        }

        @Override
        public void customize(SSLEngine engine) {
            // Jetty itself chooses the protocol of ALPN.
            engine.setSSLParameters(tls.parameters(List.of()));
        }
    }

    /** Jetty speaks ALPN with the Java platform's own engines only. */
    private static final class PlatformAlpn extends ALPNServerConnectionFactory {
        @Override
        protected AbstractConnection newServerConnection(
                Connector connector,
                EndPoint endPoint,
                SSLEngine engine,
                List<String> protocols,
                String defaultProtocol) {
            return super.newServerConnection(
                    connector, endPoint, ServerTls.platformEngine(engine), protocols, defaultProtocol);
        }
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private static final int MAX_PORT = 65_535;

        private @Nullable Gateway gateway;
        private TransportLimits limits = TransportLimits.DEFAULT;
        private @Nullable InetAddress bind;
        private int http = DISABLED;
        private int https = DISABLED;
        private int threads = 200;
        private Duration grace = Duration.ofSeconds(10);

        private Builder() {}

        /** What to serve. Required. */
        public Builder gateway(Gateway gateway) {
            this.gateway = Objects.requireNonNull(gateway);
            return this;
        }

        /** Serve plain HTTP; 0 = any free port. */
        public Builder http(int port) {
            http = checked(port);
            return this;
        }

        /** Serve HTTPS; 0 = any free port. */
        public Builder https(int port) {
            https = checked(port);
            return this;
        }

        private static int checked(int port) {
            if (port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("not a port: " + port);
            }
            return port;
        }

        /** Listen to this address only. Default: all. */
        public Builder bind(InetAddress address) {
            this.bind = Objects.requireNonNull(address);
            return this;
        }

        /** Default: {@link TransportLimits#DEFAULT}. */
        public Builder limits(TransportLimits limits) {
            this.limits = Objects.requireNonNull(limits);
            return this;
        }

        /** The most threads of the server and its client together, at least 8. Default: 200. */
        public Builder threads(int threads) {
            if (threads < 8) {
                throw new IllegalArgumentException("too few threads");
            }
            this.threads = threads;
            return this;
        }

        /** How long {@link JettyGateway#close} waits for requests under way. Default: 10 seconds. */
        public Builder shutdownGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new IllegalArgumentException("a negative time");
            }
            this.grace = grace;
            return this;
        }

        /** The server, not started. @throws IllegalStateException if no port was asked for */
        public JettyGateway build() {
            return new JettyGateway(this);
        }
    }
}
