package dev.adit.netty;

import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Who sent a request on an upstream connection, and hears what comes of it. Called on their event loop. */
interface Requester {
    /** Whether the request's method is HEAD, whose answer has no body whatever its head says. */
    boolean headRequest();

    /** Whether all of the request was handed over. */
    boolean requestSent();

    /** An interim head (1xx but 101). */
    void interim(ResponseHead head);

    /** The answer's head is there, and its fields; {@code in} holds what follows it. */
    void head(ResponseHead head, Fields fields, Framing framing, ByteBuf in);

    /** A piece of the answer's body, which the callee has to release. */
    void responseData(ByteBuf data);

    /** Nothing more can be read for now. */
    void responseFlush();

    /** The answer is complete; the connection is no longer the callee's. */
    void responseEnd(@Nullable Fields trailers);

    /** The connection can take more of the request. */
    void upstreamWritable();

    /**
     * The attempt is over; its answer was not complete.
     *
     * @param sent whether the endpoint may have acted on the request
     */
    void upstreamFailed(UpstreamFailure.Kind kind, boolean sent, boolean reused, String detail);
}
