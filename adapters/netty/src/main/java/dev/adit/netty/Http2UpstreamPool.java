package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * HTTP/2 connections to the endpoints of one event loop. A request shares a connection that has room, or waits for the one
 * that is being made; only if that is full as well, another one is made.
 */
final class Http2UpstreamPool {
    private final Loop loop;
    private final Map<Key, List<Http2Upstream>> open = new HashMap<>();
    private final Map<Key, Waiting> connecting = new HashMap<>();

    private record Key(Endpoint endpoint, Protocol protocol) {}

    Http2UpstreamPool(Loop loop) {
        this.loop = loop;
    }

    /**
     * Finds or makes a connection, and opens a stream.
     *
     * @param fresh whether it must be a new connection
     */
    void open(
            Endpoint endpoint,
            Protocol protocol,
            Duration timeout,
            boolean fresh,
            UpstreamConnector.Listener listener) {
        open(new Key(endpoint, protocol), timeout, fresh, listener);
    }

    private void open(Key key, Duration timeout, boolean fresh, UpstreamConnector.Listener listener) {
        for (Http2Upstream connection : fresh ? List.<Http2Upstream>of() : open.getOrDefault(key, List.of())) {
            if (connection.takesRequests()) {
                listener.connected(connection.open());
                return;
            }
        }
        Waiting waiting = connecting.get(key);
        if (waiting != null && waiting.listeners.size() < Http2Codec.MAX_STREAMS) {
            waiting.listeners.add(listener);
            return;
        }
        Waiting first = new Waiting(key, timeout);
        first.listeners.add(listener);
        connecting.put(key, first);
        loop.connector.connect(key.endpoint, key.protocol, timeout, first);
    }

    void add(Http2Upstream connection) {
        open.computeIfAbsent(new Key(connection.endpoint, connection.protocol), key -> new ArrayList<>(1))
                .add(connection);
    }

    /** Forgets a connection that takes no more requests. */
    void remove(Http2Upstream connection) {
        Key key = new Key(connection.endpoint, connection.protocol);
        List<Http2Upstream> known = open.get(key);
        if (known != null && known.remove(connection) && known.isEmpty()) {
            open.remove(key);
        }
    }

    /** The requests that wait for one connection. */
    private final class Waiting implements UpstreamConnector.Listener {
        private final Key key;
        private final Duration timeout;
        private final Deque<UpstreamConnector.Listener> listeners = new ArrayDeque<>(2);

        Waiting(Key key, Duration timeout) {
            this.key = key;
            this.timeout = timeout;
        }

        @Override
        public void connected(UpstreamSide first) {
            connecting.remove(key, this);
            listeners.remove().connected(first);
            for (UpstreamConnector.Listener listener : listeners) {
                open(key, timeout, false, listener);
            }
        }

        @Override
        public void connectFailed(UpstreamFailure.Kind kind, String detail) {
            connecting.remove(key, this);
            for (UpstreamConnector.Listener listener : listeners) {
                listener.connectFailed(kind, detail);
            }
        }
    }
}
