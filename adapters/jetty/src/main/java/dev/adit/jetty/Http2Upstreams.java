package dev.adit.jetty;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Opening;
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
 * for the one that is being made; only if that is full as well, another one is made. Where no more may be opened, what waits for one is
 * also served by those that stand. Safe for any number of threads.
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
        Waiting first = new Waiting(key);
        synchronized (this) {
            room = fresh ? null : reserve(key);
            if (room == null && joins(key, first, new Asking(request, listener))) {
                return;
            }
        }
        if (room != null) {
            listener.connected(new Http2UpstreamStream(room, limits));
        } else {
            first.opening = connector.connect(
                    request,
                    first,
                    (address, permit, transport, promise) -> connect(key, address, permit, transport, promise));
        }
    }

    /** Has {@code asking} wait for the connection that is being made, or else for {@code first}. */
    private boolean joins(Key key, Waiting first, Asking asking) {
        Waiting waiting = connecting.get(key);
        if (waiting != null && waiting.all.size() < upstreams.limits.streams()) {
            waiting.all.add(asking);
            return true;
        }
        first.all.add(asking);
        connecting.put(key, first);
        return false;
    }

    /** A request has ended on {@code connection}: who waits until another one may be opened need not do so. */
    private void serve(Key key, Http2Upstream connection) {
        Asking next = next(key, connection);
        while (next != null) {
            next.listener.connected(new Http2UpstreamStream(connection, limits));
            next = next(key, connection);
        }
        connection.rest();
    }

    private synchronized @Nullable Asking next(Key key, Http2Upstream connection) {
        Waiting waiting = connecting.get(key);
        if (waiting == null || !waiting.waitsForRoom() || !connection.reserve()) {
            return null;
        }
        Asking next = waiting.all.remove();
        if (waiting.all.isEmpty()) {
            waiting.cancel();
        }
        return next;
    }

    /** A request has ended on {@code connection}. */
    private void ended(Key key, Http2Upstream connection) {
        boolean wanted;
        synchronized (this) {
            wanted = connecting.containsKey(key);
        }
        if (wanted) {
            upstreams.run(() -> serve(key, connection), ConnectionPermit.uncounted());
        } else {
            connection.rest();
        }
    }

    private @Nullable Http2Upstream reserve(Key key) {
        for (Http2Upstream connection : open.getOrDefault(key, List.of())) {
            if (connection.reserve()) {
                return connection;
            }
        }
        return null;
    }

    private void connect(
            Key key,
            InetSocketAddress address,
            ConnectionPermit permit,
            EndpointTransport transport,
            Promise<UpstreamSide> promise) {
        Http2Upstream made =
                new Http2Upstream(permit, connection -> remove(key, connection), connection -> ended(key, connection));
        ClientTls how = key.protocol.tls();
        EndpointTls tls = how == null ? null : new EndpointTls(how, key.endpoint);
        client.connect(
                transport,
                tls,
                address,
                made,
                Promise.<Session>from(
                        session -> {
                            if (made.stands(session, key.protocol.isSecure()) && made.reserve()) {
                                made.hold(upstreams);
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

    /** A request that waits. */
    private record Asking(UpstreamRequest request, Upstreams.Listener listener) {}

    /** The requests that wait for one connection. */
    private final class Waiting implements Upstreams.Listener {
        private final Key key;
        /** Guarded by the outer this. */
        private final Deque<Asking> all = new ArrayDeque<>(2);

        private volatile @Nullable Opening opening;

        Waiting(Key key) {
            this.key = key;
        }

        boolean waitsForRoom() {
            Opening begun = opening;
            return begun != null && begun.isWaiting() && !all.isEmpty();
        }

        void cancel() {
            connecting.remove(key, this);
            Opening begun = opening;
            if (begun != null) {
                begun.cancel();
            }
        }

        private Deque<Asking> end() {
            synchronized (Http2Upstreams.this) {
                connecting.remove(key, this);
                return all;
            }
        }

        @Override
        public void connected(UpstreamSide upstream) {
            Deque<Asking> waited = end();
            Asking first = waited.poll();
            if (first == null) {
                upstream.spare();
                return;
            }
            first.listener.connected(upstream);
            waited.forEach(asking -> open(asking.request, false, asking.listener));
        }

        @Override
        public void connectFailed(Kind kind, String detail) {
            end().forEach(asking -> asking.listener.connectFailed(kind, detail));
        }
    }
}
