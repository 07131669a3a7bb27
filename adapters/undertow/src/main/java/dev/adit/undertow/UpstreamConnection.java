package dev.adit.undertow;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Protocol;
import io.undertow.client.ClientConnection;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** A connection to an endpoint, used for one request at a time. */
final class UpstreamConnection {
    final Endpoint endpoint;
    final Protocol protocol;
    final ClientConnection client;
    /** Looks at the answers before {@link #client} does; null where HTTP/2 is spoken. */
    final @Nullable ResponseGuard guard;

    private final StreamConnection socket;
    /** Whether it has served a request before the one under way. */
    boolean reused;
    /** When it was kept, as {@link System#nanoTime()}. */
    long idleSince;

    UpstreamConnection(
            Endpoint endpoint,
            Protocol protocol,
            ClientConnection client,
            @Nullable ResponseGuard guard,
            StreamConnection socket) {
        this.endpoint = endpoint;
        this.protocol = protocol;
        this.client = client;
        this.guard = guard;
        this.socket = socket;
    }

    boolean isOpen() {
        return client.isOpen();
    }

    /** Whether it can take another request. */
    boolean isUsable() {
        return isOpen() && (guard == null || guard.isQuiet());
    }

    /** Closes it now: Undertow's client would wait for the other side to close as well. */
    void close() {
        IoUtils.safeClose(socket);
    }
}
