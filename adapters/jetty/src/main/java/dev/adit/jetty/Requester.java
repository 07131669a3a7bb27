package dev.adit.jetty;

import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.Framing;
import org.eclipse.jetty.io.Content;

/** Who has a request sent to an upstream, and hears what comes of it: on any thread, one call at a time. */
interface Requester {
    /** Whether the request asks for another protocol. */
    default boolean upgrade() {
        return false;
    }

    /** Whether the request's method is HEAD. */
    boolean headRequest();

    /** An interim answer (1xx but 101), which stays valid. */
    void interim(ResponseHead head);

    /**
     * The head of the final answer, or of 101.
     *
     * @param head valid until {@code body} was read to its end
     * @param body yields the body; for 101 nothing. It must be read to its end, or the attempt be given up
     */
    void head(ResponseHead head, Framing framing, Content.Source body);

    /** There will be no head. */
    void failed(UpstreamFailure.Kind kind, boolean sent, boolean reused, String detail);

    /** The request's body broke off at its source: no more of it is sent. */
    void bodyFailed(Throwable cause);
}
