package dev.adit.undertow;

import dev.adit.exchange.AddressLimit;
import dev.adit.exchange.TransportLimits;
import dev.adit.tls.ServerTls;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.AlpnOpenListener;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/** A port that is listened to, and the protocols that are spoken there. */
final class Listener {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final List<String> APPLICATION_PROTOCOLS = List.of("h2", "http/1.1");

    private final Runnable closeConnections;
    private final AcceptingChannel<? extends StreamConnection> socket;

    private Listener(Runnable closeConnections, AcceptingChannel<? extends StreamConnection> socket) {
        this.closeConnections = closeConnections;
        this.socket = socket;
        socket.resumeAccepts();
    }

    private static OptionMap socketOptions(XnioWorker worker) {
        return OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, worker.getIoThreadCount())
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, 1024)
                .getMap();
    }

    /** HTTP/1.1, and HTTP/2 with prior knowledge, in clear text. */
    static Listener clear(
            XnioWorker worker,
            InetSocketAddress address,
            ByteBufferPool buffers,
            HttpHandler handler,
            TransportLimits limits)
            throws IOException {
        OptionMap options = UndertowGatewayHandler.options(limits);
        HttpOpenListener http1 = new HttpOpenListener(buffers, options);
        http1.setRootHandler(handler);
        Http2Listener http2 = new Http2Listener(buffers, options, handler, limits);
        Set<StreamConnection> undecided = ConcurrentHashMap.newKeySet();
        return new Listener(
                () -> {
                    undecided.forEach(IoUtils::safeClose);
                    http1.closeConnections();
                    http2.closeConnections();
                },
                worker.createStreamConnectionServer(
                        address,
                        accepting(connection -> {
                            undecided.add(connection);
                            connection.setCloseListener(undecided::remove);
                            RequestGuard.install(connection, limits)
                                    .choose(
                                            known -> {
                                                undecided.remove(known);
                                                http1.handleEvent(known);
                                            },
                                            known -> {
                                                undecided.remove(known);
                                                http2.handleEvent(known);
                                            });
                        }),
                        socketOptions(worker)));
    }

    /** HTTP/2 and HTTP/1.1 over TLS, as ALPN says. */
    static Listener secure(
            XnioWorker worker,
            InetSocketAddress address,
            ByteBufferPool buffers,
            HttpHandler handler,
            TransportLimits limits,
            ServerTls tls)
            throws IOException {
        OptionMap options = UndertowGatewayHandler.options(limits);
        AddressLimit handshakes = new AddressLimit(limits.handshakes());
        HttpOpenListener http1 = new HttpOpenListener(buffers, options);
        AlpnOpenListener protocols = new AlpnOpenListener(buffers, options, http1);
        protocols.addProtocol("h2", new Http2Listener(buffers, options, handler, limits), 10);
        protocols.setRootHandler(handler);
        UndertowXnioSsl ssl = new UndertowXnioSsl(
                Xnio.getInstance(),
                OptionMap.create(Options.USE_DIRECT_BUFFERS, true),
                new ServerTlsContext(tls, APPLICATION_PROTOCOLS));
        return new Listener(
                protocols::closeConnections,
                ssl.createSslConnectionServer(
                        worker,
                        address,
                        accepting(connection -> {
                            if (limitHandshake(connection, limits.tlsHandshake(), handshakes)) {
                                RequestGuard.install(connection, limits);
                                protocols.handleEvent(connection);
                            }
                        }),
                        socketOptions(worker)));
    }

    private static <C extends StreamConnection> ChannelListener<AcceptingChannel<C>> accepting(
            ChannelListener<C> opened) {
        return socket -> {
            try {
                C connection = socket.accept();
                if (connection != null) {
                    ChannelListeners.invokeChannelListener(connection, opened);
                }
            } catch (ClosedChannelException e) {
                LOG.log(System.Logger.Level.DEBUG, "nothing is accepted any more");
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "a connection could not be accepted", e);
            }
        };
    }

    /** Ends a handshake that takes too long; false if the client's address has too many of them, and the connection is closed. */
    private static boolean limitHandshake(SslConnection connection, Duration limit, AddressLimit handshakes) {
        InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
        // A connection that is gone already has no address.
        if (peer == null || !handshakes.begin(peer.getAddress())) {
            IoUtils.safeClose(connection);
            return false;
        }
        AtomicBoolean ended = new AtomicBoolean();
        Runnable end = () -> {
            if (!ended.getAndSet(true)) {
                handshakes.end(peer.getAddress());
            }
        };
        XnioExecutor.Key late = connection
                .getIoThread()
                .executeAfter(
                        () -> {
                            IoUtils.safeClose(connection);
                            end.run();
                        },
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS);
        connection.getHandshakeSetter().set(done -> {
            late.remove();
            end.run();
        });
        connection.setCloseListener(closed -> end.run());
        return true;
    }

    int port() {
        return socket.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** Lets go of the port. Connections stay. */
    void stop() {
        IoUtils.safeClose(socket);
    }

    /** Closes what was accepted, on the IO threads. */
    void closeConnections() {
        closeConnections.run();
    }
}
