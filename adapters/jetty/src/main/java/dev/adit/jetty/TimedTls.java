package dev.adit.jetty;

import dev.adit.exchange.AddressLimit;
import dev.adit.exchange.TransportLimits;
import dev.adit.tls.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * TLS whose handshakes have an end, as Jetty waits for as long as now and then a byte comes; and of which a client's address has not too
 * many at a time.
 */
final class TimedTls extends SslConnectionFactory {
    private final ServerTls tls;
    private final TransportLimits limits;
    private final AddressLimit handshakes;

    TimedTls(SslContextFactory.Server certificates, ServerTls tls, String next, TransportLimits limits) {
        super(certificates, next);
        this.tls = tls;
        this.limits = limits;
        handshakes = new AddressLimit(limits.handshakes());
    }

    @Override
    protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
        SslConnection connection = super.newSslConnection(connector, endPoint, tls.byName(engine));
        // A connection that is gone already has no address.
        InetAddress address =
                endPoint.getRemoteSocketAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        if (address == null || !handshakes.begin(address)) {
            endPoint.close();
            return connection;
        }
        Handshake handshake = new Handshake(
                address,
                connector
                        .getScheduler()
                        .schedule(endPoint::close, limits.tlsHandshake().toNanos(), TimeUnit.NANOSECONDS));
        connection.addHandshakeListener(handshake);
        connection.addEventListener(handshake);
        return connection;
    }

    /** Ends once: when it has succeeded or failed, or with its connection. */
    private final class Handshake implements SslHandshakeListener, Connection.Listener {
        private final InetAddress address;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final Scheduler.Task late;

        Handshake(InetAddress address, Scheduler.Task late) {
            this.address = address;
            this.late = late;
        }

        private void end() {
            if (!ended.getAndSet(true)) {
                late.cancel();
                handshakes.end(address);
            }
        }

        @Override
        public void handshakeSucceeded(Event event) {
            end();
        }

        @Override
        public void handshakeFailed(Event event, Throwable failure) {
            end();
        }

        @Override
        public void onClosed(Connection connection) {
            end();
        }
    }
}
