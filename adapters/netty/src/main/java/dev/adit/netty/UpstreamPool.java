package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Protocol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Unused upstream connections of one event loop. The one used last is used next, so that surplus ones run out of time. */
final class UpstreamPool {
    private final int limit;
    /** By the protocol's ordinal. */
    private final List<Map<Endpoint, ArrayDeque<UpstreamConnection>>> idle = new ArrayList<>();

    UpstreamPool(int limit) {
        this.limit = limit;
        for (int i = 0; i < Protocol.values().length; i++) {
            idle.add(new HashMap<>());
        }
    }

    private Map<Endpoint, ArrayDeque<UpstreamConnection>> of(Protocol protocol) {
        return idle.get(protocol.ordinal());
    }

    /** A connection that stands, or null if none is kept. */
    @Nullable
    UpstreamConnection take(Endpoint endpoint, Protocol protocol) {
        ArrayDeque<UpstreamConnection> kept = of(protocol).get(endpoint);
        if (kept == null) {
            return null;
        }
        UpstreamConnection connection = kept.pollFirst();
        while (connection != null && !connection.isOpen()) {
            connection = kept.pollFirst();
        }
        if (kept.isEmpty()) {
            of(protocol).remove(endpoint);
        }
        return connection;
    }

    /** Keeps {@code connection}, or returns false if there are enough of its kind. */
    boolean put(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> kept =
                of(connection.protocol).computeIfAbsent(connection.endpoint, endpoint -> new ArrayDeque<>(4));
        if (kept.size() >= limit) {
            return false;
        }
        kept.addFirst(connection);
        return true;
    }

    /** Forgets a connection that was closed while it was unused. */
    void remove(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> kept = of(connection.protocol).get(connection.endpoint);
        if (kept != null && kept.remove(connection) && kept.isEmpty()) {
            of(connection.protocol).remove(connection.endpoint);
        }
    }
}
