package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Protocol;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Unused upstream connections of one event loop. The one used last is used next, so that surplus ones run out of time. */
final class UpstreamPool {
    private final int limit;
    private final Map<Protocol, Map<Endpoint, ArrayDeque<UpstreamConnection>>> idle = new HashMap<>();

    UpstreamPool(int limit) {
        this.limit = limit;
    }

    private Map<Endpoint, ArrayDeque<UpstreamConnection>> of(Protocol protocol) {
        return idle.getOrDefault(protocol, Map.of());
    }

    private void forget(Endpoint endpoint, Protocol protocol) {
        Map<Endpoint, ArrayDeque<UpstreamConnection>> known = of(protocol);
        known.remove(endpoint);
        if (known.isEmpty() && protocol.isSecure()) { // the ways to speak TLS come and go; those in clear text stay
            idle.remove(protocol);
        }
    }

    /** A connection that stands, or null if none is kept. */
    @Nullable
    UpstreamConnection take(Endpoint endpoint, Protocol protocol) {
        ArrayDeque<UpstreamConnection> kept = of(protocol).get(endpoint);
        if (kept == null) {
            return null;
        }
        UpstreamConnection connection = kept.pollFirst();
        while (connection != null
                && !(connection.isOpen() && connection.permit().use())) {
            connection = kept.pollFirst();
        }
        if (kept.isEmpty()) {
            forget(endpoint, protocol);
        }
        return connection;
    }

    /** Keeps {@code connection}, or returns false if there are enough of its kind, or somebody else needs its place. */
    boolean put(UpstreamConnection connection) {
        if (!connection.permit().idle()) {
            return false;
        }
        ArrayDeque<UpstreamConnection> kept = idle.computeIfAbsent(connection.protocol, protocol -> new HashMap<>())
                .computeIfAbsent(connection.endpoint, endpoint -> new ArrayDeque<>(4));
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
            forget(connection.endpoint, connection.protocol);
        }
    }
}
