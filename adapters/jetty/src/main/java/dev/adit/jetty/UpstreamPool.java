package dev.adit.jetty;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.MultiplexConnectionPool;

/** The connections to one endpoint, and which of them have served before. One request at a time but for HTTP/2. */
final class UpstreamPool extends MultiplexConnectionPool {
    /** Forgets with the garbage collector: a connection that breaks has served all the same. */
    private final Set<Connection> used = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

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
        return super.release(connection);
    }
}
