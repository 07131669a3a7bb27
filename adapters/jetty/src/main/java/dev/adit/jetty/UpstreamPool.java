package dev.adit.jetty;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.MultiplexConnectionPool;

/** The connections to one endpoint, and which of them have served before. One request at a time but for HTTP/2. */
final class UpstreamPool extends MultiplexConnectionPool {
    private final Set<Connection> used = ConcurrentHashMap.newKeySet();

    UpstreamPool(Destination destination, int limit) {
        super(destination, limit, 1);
    }

    boolean hasServed(Connection connection) {
        return used.contains(connection);
    }

    @Override
    public boolean release(Connection connection) {
        // Noted before another request can take it.
        used.add(connection);
        boolean kept = super.release(connection);
        if (!kept) {
            used.remove(connection);
        }
        return kept;
    }

    @Override
    protected void onRemoved(Connection connection) {
        used.remove(connection);
        super.onRemoved(connection);
    }
}
