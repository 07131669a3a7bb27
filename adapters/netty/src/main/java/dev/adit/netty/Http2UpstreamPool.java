package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Opening;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.route.Protocol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 connections to the endpoints of one event loop. A request shares a connection that has room, or waits for the one
 * that is being made; only if that is full as well, another one is made. Where no more may be opened, what waits for one is also
 * served by those that stand.
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
    void open(UpstreamRequest request, boolean fresh, UpstreamConnector.Listener listener) {
        Key key = new Key(request.endpoint(), request.protocol());
        for (Http2Upstream connection : fresh ? List.<Http2Upstream>of() : open.getOrDefault(key, List.of())) {
            if (connection.takesRequests()) {
                listener.connected(connection.open());
                return;
            }
        }
        Asking asking = new Asking(request, listener);
        Waiting waiting = connecting.get(key);
        if (waiting != null && waiting.all.size() < Http2Codec.MAX_STREAMS) {
            waiting.all.add(asking);
            return;
        }
        Waiting first = new Waiting(key);
        first.all.add(asking);
        connecting.put(key, first);
        first.opening = loop.connect(request, first);
    }

    /** A request has ended there: who waits until another connection may be opened need not do so. */
    void serve(Http2Upstream connection) {
        Key key = new Key(connection.endpoint, connection.protocol);
        Waiting waiting = connecting.get(key);
        while (waiting != null && waiting.waitsForRoom() && connection.takesRequests()) {
            waiting.all.remove().listener.connected(connection.open());
            if (waiting.all.isEmpty()) {
                waiting.cancel();
            }
        }
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

    /** A request that waits. */
    private record Asking(UpstreamRequest request, UpstreamConnector.Listener listener) {}

    /** The requests that wait for one connection. */
    private final class Waiting implements UpstreamConnector.Listener {
        private final Key key;
        private final Deque<Asking> all = new ArrayDeque<>(2);
        private @Nullable Opening opening;

        Waiting(Key key) {
            this.key = key;
        }

        boolean waitsForRoom() {
            return opening != null && opening.isWaiting() && !all.isEmpty();
        }

        void cancel() {
            connecting.remove(key, this);
            if (opening != null) {
                opening.cancel();
            }
        }

        @Override
        public boolean isWaiting() {
            all.removeIf(asking -> !asking.listener.isWaiting());
            if (all.isEmpty()) {
                connecting.remove(key, this);
            }
            return !all.isEmpty();
        }

        @Override
        public void connected(UpstreamSide first) {
            connecting.remove(key, this);
            all.remove().listener.connected(first);
            for (Asking asking : all) {
                open(asking.request, false, asking.listener);
            }
        }

        @Override
        public void connectFailed(UpstreamFailure.Kind kind, String detail) {
            connecting.remove(key, this);
            for (Asking asking : all) {
                asking.listener.connectFailed(kind, detail);
            }
        }
    }
}
