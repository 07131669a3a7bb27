package dev.adit.jetty;

import java.io.EOFException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * Moves an answer's body from an upstream to its client: a chunk is read when the one before was written.
 *
 * <pre>
 *   read --+-- chunk --------&gt; write --written--&gt; read
 *          +-- last chunk ---&gt; write as last --written--&gt; end
 *          +-- nothing yet --&gt; write the head if it waits, else demand --&gt; read
 *          +-- failure ------&gt; write the head if it waits --&gt; end
 * </pre>
 */
final class ResponsePump extends IteratingCallback {
    /** Hears how it ended, once, on any thread. */
    interface Listener {
        void relayed();

        void upstreamBroke(Throwable cause);

        void clientBroke(Throwable cause);
    }

    private final Content.Source source;
    private final ClientSide client;
    private final Listener listener;
    private final Runnable more = Invocable.from(InvocationType.NON_BLOCKING, this::iterate);
    private @Nullable Chunk chunk;
    private boolean begun;
    private boolean last;

    ResponsePump(Content.Source source, ClientSide client, Listener listener) {
        this.source = source;
        this.client = client;
        this.listener = listener;
    }

    @Override
    protected Action process() {
        release();
        if (last) {
            return Action.SUCCEEDED;
        }
        Chunk next = source.read();
        boolean failed = next != null && Chunk.isFailure(next);
        if (begun && failed) {
            Throwable cause = next.getFailure();
            listener.upstreamBroke(cause == null ? new EOFException() : cause);
            return Action.IDLE;
        }
        if (begun && next == null) {
            source.demand(more);
            return Action.IDLE;
        }
        // Without a chunk this writes the head, which must not wait for a body that takes its time, or breaks off.
        begun = true;
        chunk = failed ? null : next;
        last = chunk != null && chunk.isLast();
        ByteBuffer bytes = chunk == null ? BufferUtil.EMPTY_BUFFER : chunk.getByteBuffer();
        client.write(last, bytes, trailers(chunk), this);
        return Action.SCHEDULED;
    }

    private static @Nullable HttpFields trailers(@Nullable Chunk chunk) {
        return chunk instanceof Trailers trailers ? trailers.getTrailers() : null;
    }

    @Override
    protected void onCompleteSuccess() {
        listener.relayed();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        release();
        listener.clientBroke(cause);
    }

    private void release() {
        Chunk written = chunk;
        chunk = null;
        if (written != null) {
            written.release();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
