package dev.adit.jetty;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Protocol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Unused upstream connections. The one used last is used next, so that surplus ones run out of time. Safe for any number of
 * threads; asks nothing of a connection while it holds its lock.
 */
final class UpstreamPool {
    private record Key(Endpoint endpoint, Protocol protocol) {}

    private final int limit;
    private final Map<Key, ArrayDeque<UpstreamConnection>> idle = new HashMap<>();

    UpstreamPool(int limit) {
        this.limit = limit;
    }

    /** A connection that was unused until now, or null if none is kept. */
    synchronized @Nullable UpstreamConnection take(Endpoint endpoint, Protocol protocol) {
        Key key = new Key(endpoint, protocol);
        ArrayDeque<UpstreamConnection> kept = idle.get(key);
        if (kept == null) {
            return null;
        }
        UpstreamConnection connection = kept.pollFirst();
        if (kept.isEmpty()) {
            idle.remove(key);
        }
        return connection;
    }

    /** Keeps {@code connection}, or returns false if there are enough of its kind, or somebody else needs its place. */
    synchronized boolean put(UpstreamConnection connection) {
        if (!connection.unused()) {
            return false;
        }
        ArrayDeque<UpstreamConnection> kept = idle.computeIfAbsent(key(connection), any -> new ArrayDeque<>(4));
        if (kept.size() >= limit) {
            return false;
        }
        kept.addFirst(connection);
        return true;
    }

    /** Forgets a connection that was closed while it was unused. */
    synchronized void remove(UpstreamConnection connection) {
        Key key = key(connection);
        ArrayDeque<UpstreamConnection> kept = idle.get(key);
        if (kept != null && kept.remove(connection) && kept.isEmpty()) {
            idle.remove(key);
        }
    }

    /** All of them; none is kept any more. */
    synchronized List<UpstreamConnection> takeAll() {
        List<UpstreamConnection> all = new ArrayList<>();
        idle.values().forEach(all::addAll);
        idle.clear();
        return all;
    }

    private static Key key(UpstreamConnection connection) {
        return new Key(connection.endpoint, connection.protocol);
    }
}
