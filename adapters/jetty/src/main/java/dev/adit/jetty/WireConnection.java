package dev.adit.jetty;

import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which messages of HTTP/1 arrive: what clients' and upstreams' have in common. Bytes are read when somebody
 * asks for them, and the body of a message is handed out as slices of what was read.
 *
 * <pre>
 *   end point --fill--&gt; input --head--&gt; subclass
 *                         |
 *                         +--body--&gt; read(): chunks, each a slice that keeps the buffer
 * </pre>
 *
 * Heads are read by one thread at a time, and so are bodies; the one begins where the other ends.
 */
abstract class WireConnection extends AbstractConnection implements Content.Source, Connection.UpgradeFrom {
    private static final int BUFFER_BYTES = 16 << 10;

    final ByteBufferPool buffers;
    final BodyReader body;
    private final Callback readable = new Callback() {
        @Override
        public void succeeded() {
            onFillable();
        }

        @Override
        public void failed(Throwable cause) {
            onFillInterestedFailed(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    };
    private @Nullable RetainableByteBuffer input;

    // Of the body; guarded by this.
    private @Nullable Runnable waiting;
    private @Nullable Throwable failure;
    private boolean bodyHandedOut = true;

    WireConnection(EndPoint endPoint, Executor executor, ByteBufferPool buffers, BodyReader body) {
        super(endPoint, executor);
        this.buffers = buffers;
        this.body = body;
    }

    // Bytes

    /** Has {@link #onFillable} called when there is something to read; once, however often this is called before. */
    final void awaitInput() {
        getEndPoint().tryFillInterested(readable);
    }

    /** Takes {@link #awaitInput} back: {@link #onFillInterestedFailed} hears of it. */
    final void forgetInput() {
        if (getEndPoint() instanceof AbstractEndPoint endPoint) {
            endPoint.getFillInterest().onFail(new IOException("nobody waits any more"));
        }
    }

    /** How many bytes are there, after reading if none were: 0 if nothing has come yet, -1 at the end of input. */
    final int fill() throws IOException {
        RetainableByteBuffer into = input;
        if (into != null && into.hasRemaining()) {
            return into.remaining();
        }
        if (into != null && into.isRetained()) {
            into.release();
            into = null;
        }
        if (into == null) {
            into = buffers.acquire(BUFFER_BYTES, true);
            input = into;
        }
        int filled = getEndPoint().fill(into.getByteBuffer());
        if (filled <= 0) {
            releaseInput();
        }
        return filled;
    }

    final boolean hasInput() {
        RetainableByteBuffer read = input;
        return read != null && read.hasRemaining();
    }

    /** What was read. */
    final ByteBuffer input() {
        return input == null ? BufferUtil.EMPTY_BUFFER : input.getByteBuffer();
    }

    final void releaseInput() {
        RetainableByteBuffer read = input;
        input = null;
        if (read != null) {
            read.release();
        }
    }

    @Override
    public @Nullable ByteBuffer onUpgradeFrom() {
        if (!hasInput()) {
            return null;
        }
        ByteBuffer early = BufferUtil.copy(input());
        releaseInput();
        return early;
    }

    // The body

    /** A message's head was read: what follows is its body. */
    final synchronized void startBody() {
        bodyHandedOut = false;
        failure = null;
    }

    /** Nobody reads the body any more. */
    final synchronized void closeBody() {
        failure = new EofException("given up");
        waiting = null;
        releaseInput();
    }

    @Override
    public final @Nullable Chunk read() {
        Chunk chunk;
        synchronized (this) {
            chunk = next();
            if (chunk == null || !chunk.isLast() || bodyHandedOut || failure != null) {
                return chunk;
            }
            bodyHandedOut = true;
            // Who waited may not be who reads now; bytes that come later are not of this body.
            waiting = null;
        }
        bodyEnded();
        return chunk;
    }

    private @Nullable Chunk next() {
        if (failure != null) {
            return Chunk.from(failure, true);
        }
        if (bodyHandedOut) {
            return Chunk.EOF;
        }
        try {
            return decode();
        } catch (IOException e) {
            failure = e;
            return Chunk.from(e, true);
        }
    }

    private @Nullable Chunk decode() throws IOException {
        while (!body.finished()) {
            int there = fill();
            if (there < 0) {
                if (body.endsWithConnection()) {
                    return Chunk.EOF;
                }
                throw new EofException("the message broke off");
            }
            if (there == 0) {
                return null;
            }
            long data = body.data();
            if (data > 0) {
                return slice((int) Math.min(data, there));
            }
            framing();
        }
        return mayEnd() ? end() : null;
    }

    private Chunk slice(int length) throws BadMessageException {
        RetainableByteBuffer from = Objects.requireNonNull(input);
        ByteBuffer bytes = from.getByteBuffer();
        ByteBuffer data = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        body.took(length);
        framing();
        boolean last = body.finished() && body.trailers() == null && mayEnd();
        from.retain();
        return Chunk.asChunk(data, last, from);
    }

    private void framing() throws BadMessageException {
        ByteBuffer bytes = input();
        while (!body.finished() && body.data() == 0 && bytes.hasRemaining()) {
            body.framing(bytes.get());
        }
    }

    private Chunk end() {
        if (body.trailers() == null) {
            return Chunk.EOF;
        }
        HttpFields passing = FieldHeaders.passing(body.trailers());
        return passing.size() == 0 ? Chunk.EOF : new Trailers(passing);
    }

    /** Whether the body's end may be handed out now; if not, {@link #wake} follows. Called with the lock held. */
    boolean mayEnd() {
        return true;
    }

    /** The body's end is about to be handed out. */
    abstract void bodyEnded();

    @Override
    public final void demand(Runnable action) {
        boolean ready;
        boolean held = false;
        synchronized (this) {
            ready = failure != null || bodyHandedOut || hasInput() || body.finished() && mayEnd();
            if (!ready) {
                waiting = action;
                held = body.finished();
            }
        }
        if (ready) {
            action.run();
        } else if (!held) {
            bodyAwaited();
            awaitInput();
        }
    }

    /** Somebody waits for more of the body. */
    void bodyAwaited() {}

    /** Whether somebody waits for more of the body. */
    final synchronized boolean isAwaited() {
        return waiting != null;
    }

    /** Lets who waits for more of the body read again; returns whether somebody did. */
    final boolean wake() {
        Runnable action;
        synchronized (this) {
            action = waiting;
            waiting = null;
        }
        if (action == null) {
            return false;
        }
        action.run();
        return true;
    }

    /** Breaks the body off: who reads it hears why. */
    @Override
    public final void fail(Throwable cause) {
        synchronized (this) {
            if (failure == null && !bodyHandedOut) {
                failure = cause;
            }
        }
        wake();
    }
}
