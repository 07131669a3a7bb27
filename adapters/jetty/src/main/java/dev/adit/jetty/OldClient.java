package dev.adit.jetty;

import dev.adit.exchange.HttpVersion;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.server.Request;

/** Clients that speak HTTP/1.0: where the end of the connection is the end of the body, only a reset says that it is torn. */
final class OldClient {
    private static final System.Logger LOG = System.getLogger(OldClient.class.getName());

    private OldClient() {}

    /** Makes closing the connection of {@code request} a reset if it speaks HTTP/1.0. */
    static void resetOnClose(Request request, HttpVersion version) {
        Object transport =
                request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
        if (version == HttpVersion.HTTP_1_0 && transport instanceof SocketChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the client is gone already", e);
            }
        }
    }
}
