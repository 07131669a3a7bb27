package dev.adit.exchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Send the request to an endpoint. Valid until the next step of the exchange. */
public non-sealed interface Forward extends Step, UpstreamRequest {
    /** Whether a new connection must be used: the last attempt failed on one that had been kept open. */
    boolean freshConnection();

    /**
     * The protocol to switch to, such as {@code websocket}, or null for an ordinary request. An endpoint of HTTP/2 is asked
     * with an extended CONNECT, which must have been allowed by its settings (RFC 8441 section 3).
     */
    @Nullable
    String upgrade();

    /**
     * How many bytes of the request's body to keep while they are sent, so that it can be sent again. A longer body is not
     * kept at all. 0: nothing would be sent again. The same for every attempt of an exchange.
     */
    int replayLimit();

    /** Copies of the request to send besides; empty for all but the first attempt of an exchange. Call once. */
    List<Mirrored> mirrors();

    @Override
    default void perform(StepHandler handler) {
        handler.forward(this);
    }
}
