package dev.adit;

import dev.adit.exchange.Exchange;
import dev.adit.exchange.Outcome;

/** Hears what a gateway does: for logs and metrics. Must not block and must not throw. */
public interface GatewayListener {
    /** New requests are served from the result of {@code compilation} now. Called by the thread that updated. */
    default void updated(Compilation compilation) {}

    /** An exchange began: {@link #closed} will follow, once. Called on the transport's thread. */
    default void opened(Exchange exchange) {}

    /** An exchange ended. Called on the transport's thread. */
    default void closed(Exchange exchange, Outcome outcome) {}
}
