package dev.adit.jetty;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;

/** Makes HTTP/1.1 connections of clients, and knows those that stand. Safe for any number of threads. */
final class Http1ConnectionFactory extends AbstractConnectionFactory {
    private final Supplier<Engine> engine;
    private final @Nullable Http2ConnectionFactory http2;
    private final Set<Http1Client> clients = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean draining;

    /** @param http2 for clients that begin with HTTP/2's preface; null: they are refused */
    Http1ConnectionFactory(Supplier<Engine> engine, @Nullable Http2ConnectionFactory http2) {
        super(HttpVersion.HTTP_1_1.asString());
        this.engine = engine;
        this.http2 = http2;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Http1Client(this, engine.get(), connector, endPoint), connector, endPoint);
    }

    /** A connection for a client that speaks HTTP/2 without having been asked, or null. */
    @Nullable
    Connection http2(Connector connector, EndPoint endPoint) {
        return http2 == null ? null : http2.newConnection(connector, endPoint);
    }

    void add(Http1Client client) {
        clients.add(client);
        if (draining) {
            client.drain();
        }
    }

    void remove(Http1Client client) {
        clients.remove(client);
        completeIfDrained();
    }

    /** A client's connection goes on as {@code next}, and lasts as long as that. */
    void handOver(Http1Client client, Connection next) {
        next.addEventListener(new Connection.Listener() {
            @Override
            public void onClosed(Connection connection) {
                remove(client);
            }
        });
    }

    private void completeIfDrained() {
        if (draining && clients.isEmpty()) {
            drained.complete(null);
        }
    }

    /** Closes connections without a request; completes when no other is left. */
    CompletableFuture<Void> drain() {
        draining = true;
        clients.forEach(Http1Client::drain);
        completeIfDrained();
        return drained;
    }

    void closeNow() {
        clients.forEach(Http1Client::closeNow);
    }
}
