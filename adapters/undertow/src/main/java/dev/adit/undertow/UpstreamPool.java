package dev.adit.undertow;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.TransportLimits;
import dev.adit.route.Protocol;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Unused upstream connections of one IO thread. The one used last is used next, so that surplus ones run out of time. */
final class UpstreamPool {
    private record Key(Endpoint endpoint, Protocol protocol) {}

    private final int limit;
    private final long idleNanos;
    private final Map<Key, ArrayDeque<UpstreamConnection>> idle = new HashMap<>();

    UpstreamPool(TransportLimits limits) {
        this.limit = limits.upstreamConnections();
        this.idleNanos = limits.upstreamIdle().toNanos();
    }

    /** A connection that stands, or null if none is kept. */
    @Nullable
    UpstreamConnection take(Endpoint endpoint, Protocol protocol) {
        ArrayDeque<UpstreamConnection> kept = idle.get(new Key(endpoint, protocol));
        if (kept == null) {
            return null;
        }
        UpstreamConnection connection = kept.pollFirst();
        while (connection != null && !(connection.isUsable() && connection.permit.use())) {
            connection.close();
            connection = kept.pollFirst();
        }
        return connection;
    }

    /** Keeps {@code connection}; returns false if there is no room, somebody else needs its place, or it is closed. */
    boolean put(UpstreamConnection connection, long now) {
        ArrayDeque<UpstreamConnection> kept =
                idle.computeIfAbsent(new Key(connection.endpoint, connection.protocol), key -> new ArrayDeque<>());
        if (!connection.isOpen() || kept.size() >= limit || !connection.permit.idle()) {
            return false;
        }
        connection.idleSince = now;
        kept.addFirst(connection);
        return true;
    }

    /** Forgets a connection; returns whether it was unused. */
    boolean remove(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> kept = idle.get(new Key(connection.endpoint, connection.protocol));
        return kept != null && kept.remove(connection);
    }

    /** Closes what was not used for too long, and forgets what is closed and whom nobody asked for. */
    void evict(long now) {
        for (Iterator<ArrayDeque<UpstreamConnection>> all = idle.values().iterator(); all.hasNext(); ) {
            ArrayDeque<UpstreamConnection> kept = all.next();
            kept.removeIf(connection -> {
                boolean late = now - connection.idleSince > idleNanos;
                if (late) {
                    connection.close();
                }
                return late || !connection.isOpen();
            });
            if (kept.isEmpty()) {
                all.remove();
            }
        }
    }

    boolean isEmpty() {
        return idle.isEmpty();
    }

    void close() {
        idle.values().forEach(kept -> kept.forEach(UpstreamConnection::close));
        idle.clear();
    }
}
