package dev.adit.jetty;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * Moves an answer's body from an upstream to its client: a chunk is read when the one before was written.
 *
 * <pre>
 *   prefetch --+-- chunk -------&gt; write --written--&gt; demand --&gt; read --+-- chunk -------&gt; write
 *              +-- last chunk --&gt; write as last --written--&gt; end        +-- last chunk --&gt; write as last
 *              +-- nothing yet -&gt; write the head --&gt; demand             +-- failure -----&gt; end
 * </pre>
 *
 * Reads happen only when Jetty's client calls, with the answer's head or for a demand: it takes the end of an answer away
 * from any other reader.
 */
final class ResponsePump implements Callback {
    /** Hears how it ended, once, on any thread. */
    interface Listener {
        /** The end is about to be written; how that goes is still to be heard. */
        void ending();

        void relayed();

        void upstreamBroke(Throwable cause);

        void clientBroke(Throwable cause);
    }

    private final Content.Source source;
    private final Executor atEnd;
    private final Runnable available = Invocable.from(InvocationType.NON_BLOCKING, this::available);
    /** Of the body still to come, or -1 if that is not known. */
    private long left;

    private final AtomicBoolean demanded = new AtomicBoolean();
    private boolean last;
    private @Nullable Chunk chunk;
    private @Nullable Response response;
    private @Nullable Listener listener;

    /**
     * @param atEnd runs what writes the end of the answer, when the upstream's connection is free for another request: a
     *     client that has its answer may send that at once
     * @param length of the body in bytes, or -1
     */
    ResponsePump(Content.Source source, Executor atEnd, long length) {
        this.source = source;
        this.atEnd = atEnd;
        this.left = length;
    }

    /** Reads what came with the head. Call while Jetty's client hands out the head. */
    void prefetch() {
        read();
    }

    /** Writes what came with the head, and then the rest. */
    void start(Response to, Listener hearing) {
        response = to;
        listener = hearing;
        write();
    }

    /** Lets go of what was read, instead of writing it. */
    void discard() {
        release();
    }

    private void demand() {
        demanded.set(true);
        source.demand(available);
    }

    private void available() {
        if (demanded.compareAndSet(true, false)) {
            read();
            write();
        }
    }

    /** The upstream's answer broke off: Jetty leaves a demand unanswered then. Anybody else is told by the next read. */
    void broken(Throwable cause) {
        if (demanded.compareAndSet(true, false)) {
            hearing().upstreamBroke(cause);
        }
    }

    private void read() {
        Chunk next = source.read();
        chunk = next;
        if (next != null && !Chunk.isFailure(next)) {
            if (left >= 0) {
                left -= next.remaining();
            }
            last = next.isLast() || left == 0 && endFollows();
        }
    }

    /** Whether the end is known to be there already, so that it goes out with what is before it. */
    private boolean endFollows() {
        Chunk next = source.read();
        if (next == null) {
            return false;
        }
        next.release();
        return next.isLast() && !Chunk.isFailure(next);
    }

    /** Without a chunk this writes the head, which must not wait for a body that takes its time. */
    private void write() {
        Chunk next = chunk;
        if (next != null && Chunk.isFailure(next)) {
            Throwable cause = next.getFailure();
            hearing().upstreamBroke(cause == null ? new EOFException() : cause);
        } else if (last) {
            atEnd.execute(() -> {
                hearing().ending();
                write(next);
            });
        } else {
            write(next);
        }
    }

    private void write(@Nullable Chunk next) {
        ByteBuffer bytes = next == null ? BufferUtil.EMPTY_BUFFER : next.getByteBuffer();
        Objects.requireNonNull(response).write(last, bytes, this);
    }

    @Override
    public void succeeded() {
        release();
        if (last) {
            hearing().relayed();
        } else {
            demand();
        }
    }

    @Override
    public void failed(Throwable cause) {
        release();
        hearing().clientBroke(cause);
    }

    private Listener hearing() {
        return Objects.requireNonNull(listener);
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
