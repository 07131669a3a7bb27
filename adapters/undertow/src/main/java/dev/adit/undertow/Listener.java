package dev.adit.undertow;

import dev.adit.exchange.TransportLimits;
import dev.adit.tls.ServerTls;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpHandler;
import io.undertow.server.OpenListener;
import io.undertow.server.protocol.http.AlpnOpenListener;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http2.Http2OpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    private final OpenListener protocols;
    private final AcceptingChannel<? extends StreamConnection> socket;

    private Listener(OpenListener protocols, AcceptingChannel<? extends StreamConnection> socket) {
        this.protocols = protocols;
        this.socket = socket;
        socket.resumeAccepts();
    }

    private static OptionMap serverOptions(TransportLimits limits) {
        return OptionMap.builder()
                .addAll(UndertowGatewayHandler.options(limits))
                .set(UndertowOptions.ENABLE_HTTP2, true)
                .getMap();
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
        HttpOpenListener protocols = new HttpOpenListener(buffers, serverOptions(limits));
        protocols.setRootHandler(handler);
        return new Listener(
                protocols,
                worker.createStreamConnectionServer(
                        address,
                        accepting(connection -> {
                            RequestGuard.install(connection, limits);
                            protocols.handleEvent(connection);
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
        HttpOpenListener http1 = new HttpOpenListener(buffers, serverOptions(limits));
        Http2OpenListener http2 = new Http2OpenListener(buffers, serverOptions(limits));
        AlpnOpenListener protocols = new AlpnOpenListener(buffers, serverOptions(limits), http1);
        protocols.addProtocol(Http2OpenListener.HTTP2, http2, 10);
        protocols.setRootHandler(handler);
        UndertowXnioSsl ssl = new UndertowXnioSsl(
                Xnio.getInstance(),
                OptionMap.create(Options.USE_DIRECT_BUFFERS, true),
                new ServerTlsContext(tls, APPLICATION_PROTOCOLS));
        return new Listener(
                protocols,
                ssl.createSslConnectionServer(
                        worker,
                        address,
                        accepting(connection -> {
                            limitHandshake(connection, limits.tlsHandshake());
                            RequestGuard.install(connection, limits);
                            protocols.handleEvent(connection);
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

    private static void limitHandshake(SslConnection connection, Duration limit) {
        XnioExecutor.Key late = connection
                .getIoThread()
                .executeAfter(() -> IoUtils.safeClose(connection), limit.toMillis(), TimeUnit.MILLISECONDS);
        connection.getHandshakeSetter().set(done -> late.remove());
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
        protocols.closeConnections();
    }
}
