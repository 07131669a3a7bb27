package dev.adit.netty;

import dev.adit.Gateway;
import dev.adit.exchange.ClientConnection;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What can be said of the other end of a client's channel. */
final class Clients {
    private static final System.Logger LOG = System.getLogger(Clients.class.getName());

    private Clients() {}

    /** Before TLS was agreed on: what is known by the client's hello. */
    static ClientConnection describe(Gateway gateway, Channel channel, @Nullable String serverName) {
        return gateway.connection(address(channel.remoteAddress()), true, localPort(channel), serverName);
    }

    /** Call after the TLS handshake. */
    static ClientConnection describe(Gateway gateway, Channel channel) {
        SslHandler ssl = channel.pipeline().get(SslHandler.class);
        return gateway.connection(
                address(channel.remoteAddress()),
                localPort(channel),
                ssl == null ? null : ssl.engine().getSession());
    }

    private static int localPort(Channel channel) {
        return channel.localAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
    }

    private static String address(@Nullable SocketAddress peer) {
        // A channel that is closed already has no peer; its request is answered to nobody.
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "0.0.0.0";
    }

    /** What a channel threw: the fault of whoever is behind it is worth a debug line, ours a loud one. */
    static void log(Channel channel, Throwable cause) {
        boolean theirs = cause instanceof IOException
                || cause.getCause() instanceof SSLException
                || cause instanceof io.netty.handler.codec.DecoderException;
        System.Logger.Level level = theirs ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR;
        if (LOG.isLoggable(level)) {
            LOG.log(level, "connection of " + channel.remoteAddress() + " failed", cause);
        }
    }
}
