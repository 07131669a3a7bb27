package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.exchange.ClientConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/** What Jetty knows of clients' connections. */
final class Clients {
    private static final System.Logger LOG = System.getLogger(Clients.class.getName());

    private Clients() {}

    static ClientConnection describe(Gateway gateway, EndPoint endPoint) {
        InetAddress remote = address(endPoint.getRemoteSocketAddress());
        int localPort = endPoint.getLocalSocketAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
        String address = remote == null ? "" : remote.getHostAddress();
        EndPoint.SslSessionData tls = endPoint.getSslSessionData();
        SSLSession session = tls == null ? null : tls.sslSession();
        // Whoever ended TLS in front of an embedder's server may only tell that there was some.
        return session == null
                ? gateway.connection(address, endPoint.isSecure(), localPort, null)
                : gateway.connection(address, localPort, session);
    }

    private static @Nullable InetAddress address(SocketAddress address) {
        return address instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }

    /** Makes closing the connection a reset. */
    static void resetOnClose(EndPoint endPoint) {
        if (endPoint.getTransport() instanceof SocketChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the client is gone already", e);
            }
        }
    }
}
