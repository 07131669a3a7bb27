package dev.adit.jetty;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;

/**
 * The HTTP/2 connections of clients. Jetty tells each to go away when its last stream has ended, but forgets to tell us of one
 * that its client closes in that moment. Safe for any number of threads.
 */
final class Http2Connections implements Connection.Listener {
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof HTTP2Connection) {
            open.add(connection);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
        completeIfDrained();
    }

    /** Completes when none is left. */
    CompletableFuture<Void> drain() {
        draining = true;
        completeIfDrained();
        return drained;
    }

    private void completeIfDrained() {
        if (draining && open.isEmpty()) {
            drained.complete(null);
        }
    }
}
