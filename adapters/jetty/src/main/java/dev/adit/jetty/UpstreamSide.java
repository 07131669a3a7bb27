package dev.adit.jetty;

import dev.adit.exchange.UpstreamRequest;
import dev.adit.wire.Framing;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * The upstream of one attempt, as its {@link Requester} sees it: an HTTP/1.1 connection, or a stream of an HTTP/2 one. It may
 * serve somebody else as soon as the answer was read to its end, so every call says who calls.
 */
interface UpstreamSide {
    /**
     * Sends a request.
     *
     * @param framing how the body is framed
     * @param body where it comes from; null if the framing is bodiless
     * @param trailer the names of trailers that were announced, or null
     */
    void begin(
            Requester owner,
            UpstreamRequest request,
            Framing framing,
            Content.@Nullable Source body,
            @Nullable String trailer);

    /** Ends the attempt of {@code owner} without a word to anybody, unless it is over. */
    void giveUp(Requester owner);

    /** It was opened for nothing: {@link #begin} will not be called. */
    void spare();

    /** The same, and it is not to be kept. */
    void discard();

    /** Hands the connection to a tunnel, after 101. */
    EndPoint detach(Requester owner);

    /** The tunnel is over, and its connection closed. */
    void tunnelEnded();
}
