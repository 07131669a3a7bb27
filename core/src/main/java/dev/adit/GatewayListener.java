package dev.adit;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.PassedConnection;

/** Hears what a gateway does: for logs and metrics. Must not block and must not throw. */
public interface GatewayListener {
    /** New requests are served from the result of {@code compilation} now. Called by the thread that updated or rechecked. */
    default void updated(Compilation compilation) {}

    /** An exchange began: {@link #closed} will follow, once. Called on the transport's thread. */
    default void opened(Exchange exchange) {}

    /** An exchange ended. Called on the transport's thread. */
    default void closed(Exchange exchange, Outcome outcome) {}

    /**
     * A client's connection whose TLS was passed through has ended, or no endpoint took it: once for each that {@link Gateway#passthrough}
     * began. No exchange tells of these. Called on the transport's thread.
     */
    default void passed(PassedConnection connection) {}

    /**
     * An endpoint was not asked for {@code exchange}, because its certificate is not trusted: another one is, or the answer is 502. Called on
     * the transport's thread, as often as that happens.
     *
     * @param why whom the certificate should be for and what it says; holds no secret
     */
    default void distrusted(Exchange exchange, Endpoint endpoint, String why) {}
}
