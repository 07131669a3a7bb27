package dev.adit.undertow;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import dev.adit.wire.EndpointAddresses;
import io.undertow.client.ALPNClientSelector;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.http.HttpClientProvider;
import io.undertow.client.http2.Http2ClientConnection;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.ssl.SslConnection;

/**
 * Opens upstream connections: name, address, connection, TLS; one deadline over all of it. Undertow's client is put on a
 * connection that stands already, for one that it opens itself cannot be given up. Safe for any number of IO threads.
 */
final class UpstreamConnector {
    /** Hears how it went; one of the two, once, on the loop's thread. */
    interface Listener {
        void connected(UpstreamConnection connection);

        void connectFailed(UpstreamFailure.Kind kind, String detail);

        /** Whether anybody would use a connection now: else none is opened, and nothing told. */
        default boolean isWaiting() {
            return true;
        }
    }

    private static final OptionMap SOCKET = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.KEEP_ALIVE, true)
            .getMap();
    /** Only read by Undertow's own resolver, which is not used. */
    private static final URI NOWHERE = URI.create("http://upstream.invalid");

    private final NameResolver resolver;

    UpstreamConnector(NameResolver resolver) {
        this.resolver = resolver;
    }

    /**
     * Call on the loop's thread.
     *
     * @param timeout in nanoseconds
     * @param permit is closed with the connection, or if there is none
     */
    void connect(
            Loop loop, Endpoint endpoint, Protocol protocol, long timeout, ConnectionPermit permit, Listener listener) {
        new Attempt(loop, endpoint, protocol, permit, listener).start(timeout);
    }

    /** One connection in the making. */
    private final class Attempt implements ClientCallback<ClientConnection> {
        private final Loop loop;
        private final Endpoint endpoint;
        private final Protocol protocol;
        private final ConnectionPermit permit;
        private final Listener listener;
        private final Deque<InetAddress> addresses = new ArrayDeque<>(EndpointAddresses.MOST);
        private XnioExecutor.@Nullable Key timeout;
        private @Nullable IoFuture<StreamConnection> opening;
        private @Nullable StreamConnection socket;
        private @Nullable SSLEngine engine;
        private @Nullable ResponseGuard guard;
        private @Nullable Http2UpstreamChannel streams;
        private boolean over;

        Attempt(Loop loop, Endpoint endpoint, Protocol protocol, ConnectionPermit permit, Listener listener) {
            this.loop = loop;
            this.endpoint = endpoint;
            this.protocol = protocol;
            this.permit = permit;
            this.listener = listener;
        }

        void start(long limit) {
            timeout = loop.ioThread.executeAfter(this::late, Math.max(1, limit), TimeUnit.NANOSECONDS);
            resolver.resolve(endpoint.host(), loop.ioThread, this::resolved);
        }

        private void resolved(List<InetAddress> found, String problem) {
            addresses.addAll(found);
            if (!over) {
                next(problem);
            }
        }

        private void next(String problem) {
            InetAddress address = addresses.poll();
            if (address == null) {
                String distrust = distrust();
                end(
                        distrust == null ? UpstreamFailure.Kind.CONNECT : UpstreamFailure.Kind.UNTRUSTED,
                        distrust == null ? problem : distrust);
                return;
            }
            engine = null;
            IoFuture<StreamConnection> open = loop.ioThread.openStreamConnection(
                    new InetSocketAddress(address, endpoint.port()), this::opened, SOCKET);
            opening = open;
            open.addNotifier(
                    (future, none) -> {
                        if (future.getStatus() == IoFuture.Status.FAILED) {
                            String detail = String.valueOf(future.getException().getMessage());
                            loop.ioThread.execute(() -> {
                                if (!over) {
                                    next(detail);
                                }
                            });
                        }
                    },
                    null);
        }

        private void opened(StreamConnection connection) {
            if (over) {
                IoUtils.safeClose(connection);
                return;
            }
            socket = connection;
            try {
                ClientTls tls = protocol.tls();
                if (tls != null && protocol.isHttp2()) {
                    http2OverTls(wrapped(connection, tls));
                } else if (tls != null) {
                    secure(wrapped(connection, tls));
                } else if (protocol.isHttp2()) {
                    http2(connection, false);
                } else {
                    http1(new ClearConnection(connection), this);
                }
            } catch (IOException e) {
                failed(e);
            }
        }

        private void http1(SslConnection connection, ClientCallback<ClientConnection> ready) {
            socket = connection;
            guard = new ResponseGuard(connection.getSourceChannel().getConduit(), loop.limits);
            connection.getSourceChannel().setConduit(guard);
            HttpClientProvider.alpnProtocol(ready, NOWHERE, loop.buffers, OptionMap.EMPTY)
                    .getSelected()
                    .handleEvent(connection);
        }

        private SslConnection wrapped(StreamConnection connection, ClientTls tls) {
            OptionMap options = OptionMap.create(Options.SSL_PEER_HOST_NAME, endpoint.host());
            SslConnection secured = new UndertowXnioSsl(Xnio.getInstance(), OptionMap.EMPTY, tls.context())
                    .wrapExistingConnection(connection, options, true);
            engine = UndertowXnioSsl.getSslEngine(secured);
            tls.configure(engine, List.of());
            socket = secured;
            return secured;
        }

        private void secure(SslConnection secured) throws IOException {
            ClientCallback<ClientConnection> afterHandshake = new ClientCallback<>() {
                @Override
                public void completed(ClientConnection client) {
                    client.addCloseListener(closed -> failed(new IOException("TLS handshake failed")));
                    // Not at once: in TLS 1.2 the one who tells is still reading, and does not bear that anything is
                    // written.
                    secured.getHandshakeSetter().set(done -> loop.ioThread.execute(() -> shaken(client)));
                }

                @Override
                public void failed(IOException e) {
                    Attempt.this.failed(e);
                }
            };
            secured.startHandshake();
            // From here on the client reads, which moves the handshake.
            http1(secured, afterHandshake);
        }

        private void shaken(ClientConnection client) {
            if (client.isOpen()) { // otherwise its close listener was told
                completed(client);
            }
        }

        private void http2OverTls(SslConnection secured) {
            ALPNClientSelector.runAlpn(
                    secured,
                    other -> failed(new IOException("the endpoint did not agree on h2")),
                    this,
                    new ALPNClientSelector.ALPNProtocol(agreed -> http2(agreed, true), "h2"));
        }

        private void http2(StreamConnection connection, boolean secure) {
            streams = new Http2UpstreamChannel(connection, loop.buffers);
            completed(new Http2ClientConnection(streams, false, endpoint.host(), null, secure));
        }

        @Override
        public void completed(ClientConnection client) {
            if (over) {
                IoUtils.safeClose(client);
                return;
            }
            over = true;
            Objects.requireNonNull(timeout).remove();
            StreamConnection standing = Objects.requireNonNull(socket);
            UpstreamConnection made =
                    new UpstreamConnection(endpoint, protocol, permit, client, guard, streams, standing);
            made.hold(loop);
            listener.connected(made);
        }

        @Override
        public void failed(IOException e) {
            if (!over) {
                IoUtils.safeClose(socket);
                next(String.valueOf(e.getMessage()));
            }
        }

        /** Why the endpoint was not trusted, if the last attempt failed for that. */
        private @Nullable String distrust() {
            ClientTls tls = protocol.tls();
            return tls == null || engine == null ? null : tls.distrust(engine);
        }

        private void late() {
            if (over) {
                return;
            }
            over = true;
            if (opening != null) {
                opening.cancel();
            }
            IoUtils.safeClose(socket);
            end(UpstreamFailure.Kind.CONNECT_TIMEOUT, "no connection in time");
        }

        private void end(UpstreamFailure.Kind kind, String detail) {
            over = true;
            Objects.requireNonNull(timeout).remove();
            permit.close();
            listener.connectFailed(kind, detail);
        }
    }
}
