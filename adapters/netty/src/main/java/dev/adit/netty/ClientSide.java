package dev.adit.netty;

import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The client of one exchange, as its {@link ExchangeDriver} sees it: an HTTP/1.1 connection, or a stream of an HTTP/2 one.
 * Called on the event loop of both sides. What is written may wait until {@link #flush}.
 */
interface ClientSide {
    // The request

    /** The fields of the request's head. */
    Fields requestFields();

    /** Whether the request's body was handed over to its end. */
    boolean requestRead();

    /** An upstream is ready for the request's body. */
    void bodyWanted();

    /** An upstream that was busy can take more of the body. */
    void resumeBody();

    /** The protocol that the client asked for is granted, and what it sends goes on as the body of its request. */
    void bodyGoesOn();

    /** Nobody wants the rest of the body. */
    void bodyUnwanted();

    // The answer

    void interim(Relay relay);

    /**
     * Starts to pass on an upstream's answer.
     *
     * @param framing how the upstream frames it
     * @param source the fields of its head
     */
    void relay(Relay relay, Framing framing, Fields source);

    /** Whether more of the answer's body would leave soon; if not, {@link ExchangeDriver#clientWritable} follows. */
    boolean writable();

    /** A piece of the answer's body, which is taken over. */
    void write(ByteBuf data);

    /** The answer's body ends; when all of it has left, the driver is told to cancel. */
    void end(@Nullable Fields trailers);

    void flush();

    /** Writes a whole answer; when all of it has left, the driver is told to cancel. */
    void reply(Reply reply);

    /** Ends an answer that cannot be completed, so that the client can tell. */
    void abort();

    /** Switches protocols: writes the head, and leaves the channel to a tunnel. */
    void upgrade(Relay relay, Channel upstream, ByteBuf fromUpstream, ExchangeDriver driver);
}
