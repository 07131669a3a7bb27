package dev.adit.jetty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import dev.adit.wire.MessageLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 connections to endpoints, in clear text with prior knowledge or over TLS. A request shares a connection that has room, or waits
 * for the one that is being made; only if that is full as well, another one is made. Safe for any number of threads.
 */
final class Http2Upstreams {
    private record Key(Endpoint endpoint, Protocol protocol) {
        static Key of(UpstreamRequest request) {
            return new Key(request.endpoint(), request.protocol());
        }
    }

    private final Upstreams upstreams;
    private final HTTP2Client client;
    private final UpstreamConnector connector;
    private final MessageLimits limits;
    // Guarded by this.
    private final Map<Key, List<Http2Upstream>> open = new HashMap<>();
    private final Map<Key, Waiting> connecting = new HashMap<>();

    Http2Upstreams(Upstreams upstreams, HTTP2Client client, UpstreamConnector connector) {
        this.upstreams = upstreams;
        this.client = client;
        this.connector = connector;
        this.limits = MessageLimits.of(upstreams.limits);
    }

    /** Finds or makes a connection with room for {@code request}; a new one if {@code fresh}. */
    void open(UpstreamRequest request, boolean fresh, Upstreams.Listener listener) {
        Key key = Key.of(request);
        Http2Upstream room;
        Waiting first = new Waiting(request);
        synchronized (this) {
            room = fresh ? null : reserve(key);
            if (room == null && joins(key, first, listener)) {
                return;
            }
        }
        if (room != null) {
            listener.connected(new Http2UpstreamStream(room, limits));
        } else {
            connector.connect(request, first, (address, promise) -> connect(key, address, promise));
        }
    }

    /** Has {@code listener} wait for the connection that is being made, or else for {@code first}. */
    private boolean joins(Key key, Waiting first, Upstreams.Listener listener) {
        Waiting waiting = connecting.get(key);
        if (waiting != null && waiting.listeners.size() < upstreams.limits.streams()) {
            waiting.listeners.add(listener);
            return true;
        }
        first.listeners.add(listener);
        connecting.put(key, first);
        return false;
    }

    private @Nullable Http2Upstream reserve(Key key) {
        for (Http2Upstream connection : open.getOrDefault(key, List.of())) {
            if (connection.reserve()) {
                return connection;
            }
        }
        return null;
    }

    private void connect(Key key, InetSocketAddress address, Promise<UpstreamSide> promise) {
        Http2Upstream made = new Http2Upstream(connection -> remove(key, connection));
        ClientTls how = key.protocol.tls();
        EndpointTls tls = how == null ? null : new EndpointTls(how, key.endpoint);
        client.connect(
                tls,
                address,
                made,
                Promise.<Session>from(
                        session -> {
                            if (made.stands(session, key.protocol.isSecure()) && made.reserve()) {
                                add(key, made);
                                promise.succeeded(new Http2UpstreamStream(made, limits));
                            } else {
                                promise.failed(new IOException("the endpoint does not speak HTTP/2"));
                            }
                        },
                        cause -> promise.failed(tls == null ? cause : tls.explain(cause))));
    }

    private synchronized void add(Key key, Http2Upstream connection) {
        open.computeIfAbsent(key, any -> new ArrayList<>(1)).add(connection);
    }

    /** Forgets a connection that takes no more requests. */
    private synchronized void remove(Key key, Http2Upstream connection) {
        List<Http2Upstream> known = open.get(key);
        if (known != null && known.remove(connection) && known.isEmpty()) {
            open.remove(key);
        }
    }

    /** The requests that wait for one connection. */
    private final class Waiting implements Upstreams.Listener {
        private final UpstreamRequest request;
        private final Deque<Upstreams.Listener> listeners = new ArrayDeque<>(2);

        Waiting(UpstreamRequest request) {
            this.request = request;
        }

        private Deque<Upstreams.Listener> end() {
            synchronized (Http2Upstreams.this) {
                connecting.remove(Key.of(request), this);
                return listeners;
            }
        }

        @Override
        public void connected(UpstreamSide upstream) {
            Deque<Upstreams.Listener> waited = end();
            waited.remove().connected(upstream);
            waited.forEach(listener -> open(request, false, listener));
        }

        @Override
        public void connectFailed(Kind kind, String detail) {
            end().forEach(listener -> listener.connectFailed(kind, detail));
        }
    }
}
