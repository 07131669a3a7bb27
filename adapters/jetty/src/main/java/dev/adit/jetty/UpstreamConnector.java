package dev.adit.jetty;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Opening;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import dev.adit.wire.EndpointAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.io.ssl.SslClientConnectionFactory;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Opens upstream connections: name, address, connection, TLS; one deadline over all of it. */
final class UpstreamConnector {
    /** Connects to one address, and tells how that went. A connection that stands closes the permit at its end. */
    @FunctionalInterface
    interface Way {
        void connect(
                InetSocketAddress address,
                ConnectionPermit permit,
                EndpointTransport transport,
                Promise<UpstreamSide> promise);
    }

    private final Upstreams upstreams;
    private final ClientConnector sockets;

    UpstreamConnector(Upstreams upstreams, ClientConnector sockets) {
        this.upstreams = upstreams;
        this.sockets = sockets;
    }

    /** Opens an HTTP/1.1 connection for {@code request}. */
    void connect(UpstreamRequest request, Upstreams.Listener listener) {
        Endpoint endpoint = request.endpoint();
        Protocol protocol = request.protocol();
        connect(
                request,
                listener,
                (address, permit, transport, promise) ->
                        connect(endpoint, protocol, address, permit, transport, promise));
    }

    /** Opens a connection for {@code request} that way, as soon as there may be one more. */
    Opening connect(UpstreamRequest request, Upstreams.Listener listener, Way way) {
        long timeout = request.timeouts().connect().toNanos();
        long begun = System.nanoTime();
        Opening opening = new Opening(
                request,
                upstreams,
                permit -> new Attempt(request, permit, listener, way).start(timeout - (System.nanoTime() - begun)),
                () -> listener.connectFailed(Kind.NO_ROOM, "no room for a connection in time"));
        if (opening.begin(upstreams.executor)) {
            upstreams.scheduler.schedule(opening::late, timeout, TimeUnit.NANOSECONDS);
        }
        return opening;
    }

    private void connect(
            Endpoint endpoint,
            Protocol protocol,
            InetSocketAddress address,
            ConnectionPermit permit,
            EndpointTransport transport,
            Promise<UpstreamSide> promise) {
        ClientTls how = protocol.tls();
        EndpointTls tls = how == null ? null : new EndpointTls(how, endpoint);
        Promise<UpstreamSide> explained =
                tls == null ? promise : Promise.from(promise::succeeded, cause -> promise.failed(tls.explain(cause)));
        ClientConnectionFactory plain = (endPoint, context) ->
                new UpstreamConnection(upstreams, endpoint, protocol, endPoint, permit, explained);
        ClientConnectionFactory factory =
                tls == null ? plain : new SslClientConnectionFactory(tls, upstreams.buffers, upstreams.executor, plain);
        Map<String, Object> context = new ConcurrentHashMap<>();
        context.put(Transport.class.getName(), transport);
        context.put(ClientConnectionFactory.CONTEXT_KEY, factory);
        context.put(
                ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY,
                Promise.<Connection>from(connection -> {}, explained::failed));
        sockets.connect(address, context);
    }

    /** One connection in the making. */
    private final class Attempt implements Promise<UpstreamSide> {
        private final Endpoint endpoint;
        private final boolean secure;
        private final ConnectionPermit permit;
        private final Upstreams.Listener listener;
        private final Way way;
        private final AtomicBoolean over = new AtomicBoolean();
        private final Deque<InetAddress> addresses = new ArrayDeque<>(EndpointAddresses.MOST);
        private volatile Scheduler.@Nullable Task deadline;
        private volatile @Nullable EndpointTransport transport;

        Attempt(UpstreamRequest request, ConnectionPermit permit, Upstreams.Listener listener, Way way) {
            this.endpoint = request.endpoint();
            this.secure = request.protocol().isSecure();
            this.permit = permit;
            this.listener = listener;
            this.way = way;
        }

        void start(long nanos) {
            deadline = upstreams.scheduler.schedule(this::late, Math.max(1, nanos), TimeUnit.NANOSECONDS);
            if (EndpointAddresses.isLiteral(endpoint.host())) {
                resolve();
                return;
            }
            try {
                upstreams.executor.execute(this::resolve);
            } catch (RejectedExecutionException e) {
                failed(e);
            }
        }

        /** The permit is kept: a connection in clear text may still come, and is then spare. */
        private void late() {
            if (over.compareAndSet(false, true)) {
                listener.connectFailed(Kind.CONNECT_TIMEOUT, "no connection in time");
                EndpointTransport begun = transport;
                if (begun != null) {
                    end(begun);
                }
            }
        }

        /** An endpoint may never shake hands; and of HTTP/2, Jetty does not say that it ended meanwhile. */
        private void end(EndpointTransport begun) {
            if (secure) {
                begun.close();
                permit.close();
            }
        }

        private void resolve() {
            try {
                addresses.addAll(EndpointAddresses.of(endpoint.host()));
                next();
            } catch (UnknownHostException e) {
                failed(e);
            }
        }

        private void next() {
            EndpointTransport next = new EndpointTransport();
            transport = next;
            if (over.get()) {
                end(next);
            }
            way.connect(new InetSocketAddress(addresses.remove(), endpoint.port()), permit, next, this);
        }

        @Override
        public void succeeded(UpstreamSide upstream) {
            if (end()) {
                listener.connected(upstream);
            } else {
                upstream.spare();
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (cause instanceof IOException && !addresses.isEmpty() && !over.get()) {
                next();
                return;
            }
            permit.close();
            if (end()) {
                Kind kind = cause instanceof EndpointTls.UntrustedException ? Kind.UNTRUSTED : Kind.CONNECT;
                listener.connectFailed(kind, Objects.toString(cause.getMessage(), cause.toString()));
            }
        }

        private boolean end() {
            boolean first = over.compareAndSet(false, true);
            Scheduler.Task task = deadline;
            if (first && task != null) {
                task.cancel();
            }
            return first;
        }
    }
}
