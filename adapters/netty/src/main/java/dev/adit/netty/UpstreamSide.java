package dev.adit.netty;

import dev.adit.exchange.UpstreamRequest;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The upstream of one attempt, as its {@link Requester} sees it: an HTTP/1.1 connection, or a stream of an HTTP/2 one.
 * It answers with calls of that until the answer has ended, failed, or was given up.
 */
interface UpstreamSide {
    /**
     * Sends the head of a request; what comes back goes to {@code owner} from now on.
     *
     * @param framing how the body is framed
     * @param source the fields of the client's head that announce trailers, or null
     */
    void begin(Requester owner, UpstreamRequest request, Framing framing, @Nullable Fields source);

    /** Whether more of the request's body would leave soon; if not, {@link Requester#upstreamWritable} follows. */
    boolean writable();

    /** A piece of the request's body, which is taken over. */
    void write(ByteBuf data);

    /** The request's body ends. */
    void end(@Nullable Fields trailers);

    void flush();

    /** The client cannot take more just now. */
    void pause();

    void resume();

    /** Ends the attempt without a word to anybody. */
    void giveUp();

    /** It was opened for nothing: {@link #begin} will not be called. */
    void spare();

    /** Hands the channel to a tunnel, after 101; null if the protocol that was granted goes on as the request's body. */
    @Nullable
    Channel detach();
}
