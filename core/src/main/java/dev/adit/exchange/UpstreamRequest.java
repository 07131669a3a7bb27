package dev.adit.exchange;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Pool;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import java.util.List;

/** A request that goes to an endpoint: the client's own, a copy of it, or one that asks about it. */
public interface UpstreamRequest {
    /** The backend that the endpoint belongs to. */
    Backend backend();

    /** Where to. */
    Endpoint endpoint();

    /** What the endpoint speaks. */
    default Protocol protocol() {
        return backend().protocol();
    }

    /** How long it may take. */
    Timeouts timeouts();

    /**
     * The permit of a new connection to {@link #endpoint}, which must be asked for before the connection is opened and closed when
     * that is closed, or was not opened. To wait for it is part of connecting; who waits for longer than
     * {@link Timeouts#connect} closes it and reports {@link UpstreamFailure.Kind#NO_ROOM}.
     *
     * @param owner who will use the connection: the same for all who can share one that speaks the same
     */
    default ConnectionPermit permit(Object owner) {
        Pool pool = backend().pool();
        return pool == null
                ? ConnectionPermit.uncounted()
                : pool.permit(endpoint(), List.of(owner, protocol()), protocol().isHttp2());
    }

    /** Whether it is the last on its connection, and its head says so (RFC 9112 section 9.6). */
    default boolean closes() {
        return false;
    }

    /**
     * Hands out the head to send. Framing fields ({@code Content-Length}, {@code Transfer-Encoding}, {@code Trailer}) and
     * {@code Expect} are not among them: framing belongs to the transport.
     */
    void writeHead(RequestSink sink);
}
