package dev.adit.jetty;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.exchange.TransportLimits;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.component.ContainerLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** The way to all endpoints: connections that are kept, and those that are opened. Safe for any number of threads. */
final class Upstreams extends ContainerLifeCycle {
    /** Hears of the upstream that was asked for; one of the two, once, on any thread. */
    interface Listener {
        void connected(UpstreamSide upstream);

        void connectFailed(Kind kind, String detail);
    }

    private static final int STREAM_WINDOW = 512 << 10;
    private static final int CONNECTION_WINDOW = 1 << 20;

    final TransportLimits limits;
    final Executor executor;
    final Scheduler scheduler;
    final ByteBufferPool buffers;
    final UpstreamPool pool;
    private final UpstreamConnector connector;
    private final Http2Upstreams http2;
    private volatile boolean draining;

    Upstreams(TransportLimits limits, Executor executor, Scheduler scheduler, ByteBufferPool buffers) {
        this.limits = limits;
        this.executor = executor;
        this.scheduler = scheduler;
        this.buffers = buffers;
        this.pool = new UpstreamPool(limits.upstreamConnections());
        ClientConnector sockets = new ClientConnector();
        sockets.setExecutor(executor);
        sockets.setScheduler(scheduler);
        sockets.setByteBufferPool(buffers);
        sockets.setIdleTimeout(limits.upstreamIdle());
        HTTP2Client client = new HTTP2Client(sockets);
        client.setMaxResponseHeadersSize(limits.headerBytes());
        // What one connection may make us hold, of a stream and of all of them.
        client.setInitialStreamRecvWindow(STREAM_WINDOW);
        client.setInitialSessionRecvWindow(CONNECTION_WINDOW);
        installBean(sockets);
        installBean(client);
        connector = new UpstreamConnector(this, sockets);
        http2 = new Http2Upstreams(this, client, connector);
    }

    /** Finds an upstream for {@code request}; if {@code fresh}, one that has served nobody. */
    void open(UpstreamRequest request, boolean fresh, Listener listener) {
        if (request.protocol().isHttp2()) {
            http2.open(request, fresh, listener);
            return;
        }
        UpstreamConnection kept = fresh ? null : pool.take(request.endpoint(), request.protocol());
        while (kept != null && !kept.use()) {
            kept = pool.take(request.endpoint(), request.protocol());
        }
        if (kept != null) {
            listener.connected(kept);
        } else {
            connector.connect(request, listener);
        }
    }

    /** Has {@code task} run on some other stack. */
    void run(Runnable task, ConnectionPermit permit) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // All ends, and with it the connection.
            permit.close();
        }
    }

    boolean isDraining() {
        return draining;
    }

    /** Keeps no connection from now on. */
    void drain() {
        draining = true;
        pool.takeAll().forEach(UpstreamConnection::closeIdle);
    }

    @Override
    protected void doStop() throws Exception {
        drain();
        super.doStop();
    }
}
