package dev.adit.undertow;

import dev.adit.exchange.ClientConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** One connection of a client, from its first request on: who it is, and what is under way on it. */
final class ClientLink implements ServerConnection.CloseListener {
    private static final System.Logger LOG = System.getLogger(ClientLink.class.getName());

    final Loop loop;
    final ClientConnection connection;
    private final ServerConnection server;
    private final Set<ExchangeDriver> drivers = new HashSet<>(2);

    /** Call in a request's handler, after the TLS handshake. */
    ClientLink(Loop loop, HttpServerExchange exchange) {
        this.loop = loop;
        this.server = exchange.getConnection();
        this.connection = loop.gateway.connection(
                address(exchange.getSourceAddress()), port(exchange.getDestinationAddress()), server.getSslSession());
        server.addCloseListener(this);
        loop.add(this);
    }

    private static String address(@Nullable InetSocketAddress peer) {
        // A connection that is closed already has no peer; its request is answered to nobody.
        return peer == null || peer.getAddress() == null
                ? "0.0.0.0"
                : peer.getAddress().getHostAddress();
    }

    private static int port(@Nullable InetSocketAddress local) {
        return local == null ? 0 : local.getPort();
    }

    void started(ExchangeDriver driver) {
        drivers.add(driver);
    }

    void ended(ExchangeDriver driver) {
        drivers.remove(driver);
    }

    /** Closes the connection if it waits for its next request; says over HTTP/2 that none will be served. */
    void drain() {
        @Nullable Http2ClientChannel streams = Http2ClientChannel.of(server);
        if (streams != null) {
            streams.drain();
        } else if (drivers.isEmpty() && server instanceof HttpServerConnection) {
            IoUtils.safeClose(server);
        }
    }

    @Override
    public void closed(ServerConnection connection) {
        if (Thread.currentThread() == loop.ioThread) {
            gone();
        } else {
            try {
                loop.ioThread.execute(this::gone);
            } catch (RejectedExecutionException e) {
                LOG.log(System.Logger.Level.DEBUG, "the IO thread has ended, and every request with it", e);
            }
        }
    }

    private void gone() {
        loop.remove(this);
        new ArrayList<>(drivers).forEach(ExchangeDriver::clientGone);
    }
}
