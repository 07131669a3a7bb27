package dev.adit.jetty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;

/** TLS whose handshakes have an end: Jetty waits for as long as now and then a byte comes. */
final class TimedTls extends SslConnectionFactory {
    private final Duration limit;

    TimedTls(SslContextFactory.Server certificates, String next, Duration limit) {
        super(certificates, next);
        this.limit = limit;
    }

    @Override
    protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
        SslConnection connection = super.newSslConnection(connector, endPoint, engine);
        Scheduler.Task late = connector.getScheduler().schedule(endPoint::close, limit.toNanos(), TimeUnit.NANOSECONDS);
        connection.addHandshakeListener(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                late.cancel();
            }

            @Override
            public void handshakeFailed(Event event, Throwable failure) {
                late.cancel();
            }
        });
        return connection;
    }
}
