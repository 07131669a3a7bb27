package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;

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
