package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import org.jspecify.annotations.Nullable;

/** Send the request to an endpoint. Valid until the next step of the exchange. */
public non-sealed interface Forward extends Step {
    /** The backend that was chosen: the route's own, its canary, or a fallback. */
    Backend backend();

    /** Where to. */
    Endpoint endpoint();

    /** What the endpoint speaks. */
    Protocol protocol();

    /** How long it may take. */
    Timeouts timeouts();

    /** Whether a new connection must be used: the last attempt failed on one that had been kept open. */
    boolean freshConnection();

    /** The protocol to switch to, such as {@code websocket}, or null for an ordinary request. */
    @Nullable
    String upgrade();

    /**
     * Hands out the head to send. Framing fields ({@code Content-Length}, {@code Transfer-Encoding}, {@code Trailer}) and
     * {@code Expect} are not among them: framing belongs to the transport.
     */
    void writeHead(RequestSink sink);

    @Override
    default void perform(StepHandler handler) {
        handler.forward(this);
    }
}
