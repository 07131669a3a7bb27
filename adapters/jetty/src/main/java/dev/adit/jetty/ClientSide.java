package dev.adit.jetty;

import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import dev.adit.wire.Framing;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

/**
 * The client of one exchange, as its {@link ExchangeDriver} sees it: an HTTP/1.1 connection of ours, or a request of Jetty's
 * server. But for {@link #write} it is called by the exchange's events, one at a time.
 */
interface ClientSide {
    /** Where the events of this exchange take turns. */
    SerializedInvoker events();

    // The request

    RequestHead head();

    Framing framing();

    /** The request's body, if its framing says that there is one. */
    Content.Source body();

    // The answer

    void interim(Relay relay);

    /**
     * Prepares the head of an upstream's answer; the first {@link #write} sends it.
     *
     * @param framing how the upstream frames it
     */
    void relay(Relay relay, Framing framing, ResponseHead from);

    /** Writes a piece of the answer's body, with what is prepared before it. */
    void write(boolean last, ByteBuffer bytes, @Nullable HttpFields trailers, Callback callback);

    /** Writes a whole answer. */
    void reply(Reply reply, Callback callback);

    /** No other request is answered after this one. */
    void lastOne();

    // The end; one of them, once

    /**
     * The exchange is over, and the client has its answer.
     *
     * @param rest what is left of the request's body, to be thrown away, or null if all of it was read
     */
    void over(@Nullable ClientBody rest);

    /**
     * The exchange is over, and the client has no whole answer.
     *
     * @param responding whether it has the beginning of one
     */
    void abort(Throwable cause, boolean responding);

    /** The connection, for a tunnel. */
    EndPoint endPoint();

    /** Switches protocols: writes the head, and leaves the connection to {@code next}, or runs {@code failed}. */
    void upgrade(Relay relay, Connection next, Runnable failed);
}
