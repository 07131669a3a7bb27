package dev.adit.undertow;

import dev.adit.wire.BadMessageException;
import dev.adit.wire.KeptBody;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Moves bytes from a source to a sink, at the pace of the slower, then ends the sink. Holds one pooled buffer while bytes
 * are on their way, and none while it waits for the source.
 *
 * <pre>
 *            ┌────────── 0 bytes: resume reads, flush the sink ◀─┐
 *            ▼                                                   │
 *   source ──read──▶ buffer ──write──▶ sink ──all written────────┤
 *      │               └── 0 bytes: suspend reads, resume writes │
 *      └── end ──▶ shut the sink down ──▶ flush ──▶ done         └─▶ next read
 * </pre>
 *
 * Confined to the IO thread of both channels.
 */
final class Pump {
    /** Hears how it went. After a failure nothing more is heard. */
    interface Listener {
        /** The source has nothing more; the sink will be ended now. */
        void sourceEnded();

        /** Every byte has left, and the sink was ended. */
        void pumped();

        void sourceFailed(IOException cause);

        void sinkFailed(IOException cause);
    }

    /** Whom a pump waits for. */
    enum Wait {
        SOURCE,
        SINK,
        NOBODY
    }

    /** Reads in a row before others on the IO thread get their turn. */
    private static final int TURNS = 16;

    private final @Nullable StreamSourceChannel source;
    private final StreamSinkChannel sink;
    private final ByteBufferPool pool;
    private final Listener listener;
    private @Nullable PooledByteBuffer pooled;
    private @Nullable ByteBuffer buffer;
    private @Nullable KeptBody kept;
    private IntPredicate passes = bytes -> true;
    private Wait wait = Wait.NOBODY;
    private boolean ended;
    private boolean shut;
    private boolean writing;
    private boolean stopped;
    private boolean progressed = true;
    private boolean hasWritten;
    private boolean chunked;

    Pump(StreamSourceChannel source, StreamSinkChannel sink, ByteBufferPool pool, Listener listener) {
        this.source = source;
        this.sink = sink;
        this.pool = pool;
        this.listener = listener;
    }

    /** Writes {@code bytes} and ends {@code sink}. */
    Pump(ByteBuffer bytes, StreamSinkChannel sink, ByteBufferPool pool, Listener listener) {
        this.source = null;
        this.sink = sink;
        this.pool = pool;
        this.listener = listener;
        this.buffer = bytes;
    }

    /** Writes what {@code body} keeps before anything else, and has it keep what is read. */
    Pump keeping(KeptBody body) {
        kept = body;
        buffer = body.bytes();
        return this;
    }

    /** Has {@code allowed} told how many bytes were read: if they may not pass, the source has failed with 413. */
    Pump limited(IntPredicate allowed) {
        passes = allowed;
        return this;
    }

    /** Has even an empty body sent as chunks, which Undertow would turn into a counted one, and lose its trailers. */
    Pump chunked(boolean asChunks) {
        chunked = asChunks;
        return this;
    }

    /** Starts. */
    void start() {
        if (source != null) {
            source.getReadSetter().set(channel -> run());
        }
        sink.getWriteSetter().set(channel -> run());
        run();
    }

    private void run() {
        // Who has ended wakes nobody any more: its end is not left for another turn.
        for (int turn = 0; (turn < TURNS || ended) && !stopped; turn++) {
            if (!drain() || stopped) {
                return;
            }
            if (ended) {
                finish();
                return;
            }
            if (!fill()) {
                return;
            }
        }
        if (!stopped && source != null) {
            // There may be more at once: the channel's own queue brings us back after the others.
            source.wakeupReads();
        }
    }

    /** Writes what is in the buffer; returns whether all of it left. */
    private boolean drain() {
        ByteBuffer waiting = buffer;
        try {
            while (waiting != null && waiting.hasRemaining()) {
                if (sink.write(waiting) == 0) {
                    awaitSink();
                    return false;
                }
                progressed = true;
                hasWritten = true;
            }
        } catch (IOException e) {
            sinkFailed(e);
            return false;
        }
        return true;
    }

    /** Reads into the buffer; returns whether there is something to go on with. */
    private boolean fill() {
        if (source == null) {
            ended = true;
            listener.sourceEnded();
            return true;
        }
        if (pooled == null) {
            pooled = pool.allocate();
            buffer = pooled.getBuffer();
        }
        ByteBuffer target = pooled.getBuffer();
        target.clear();
        int read;
        try {
            read = source.read(target);
        } catch (IOException e) {
            stop();
            listener.sourceFailed(e);
            return false;
        }
        target.flip();
        if (read > 0 && !passes.test(read)) {
            stop();
            listener.sourceFailed(new BadMessageException(413, "a body that is too long"));
            return false;
        }
        if (read > 0) {
            progressed = true;
            if (kept != null) {
                kept.add(target);
            }
            return true;
        }
        free();
        if (read < 0) {
            ended = true;
            progressed = true;
            source.suspendReads();
            listener.sourceEnded();
            return !stopped;
        }
        awaitSource(source);
        return false;
    }

    private void awaitSource(StreamSourceChannel from) {
        try {
            boolean flushed = sink.flush();
            // A sink may take bytes and keep them, as one whose HTTP/2 window is used up: it is the one to wait for.
            wait = flushed ? Wait.SOURCE : Wait.SINK;
            if (writing != !flushed) {
                writing = !flushed;
                if (flushed) {
                    sink.suspendWrites();
                } else {
                    sink.resumeWrites();
                }
            }
        } catch (IOException e) {
            sinkFailed(e);
            return;
        }
        from.resumeReads();
    }

    private void awaitSink() {
        wait = Wait.SINK;
        if (source != null && !ended) {
            source.suspendReads();
        }
        writing = true;
        sink.resumeWrites();
    }

    private void finish() {
        try {
            if (!shut) {
                if (chunked && !hasWritten && !sink.flush()) {
                    awaitSink();
                    return;
                }
                shut = true;
                sink.shutdownWrites();
            }
            if (!sink.flush()) {
                awaitSink();
                return;
            }
        } catch (IOException e) {
            sinkFailed(e);
            return;
        }
        if (!stopped) {
            stop();
            listener.pumped();
        }
    }

    private void sinkFailed(IOException cause) {
        if (!stopped) {
            stop();
            listener.sinkFailed(cause);
        }
    }

    /** Ends it where it is. Neither channel is closed; nothing more is heard. */
    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        wait = Wait.NOBODY;
        free();
        if (source != null && !ended) {
            source.suspendReads();
        }
        if (writing) {
            sink.suspendWrites();
        }
    }

    private void free() {
        if (pooled != null) {
            pooled.close();
            pooled = null;
        }
        buffer = null;
    }

    boolean isStopped() {
        return stopped;
    }

    Wait waitsFor() {
        return wait;
    }

    /** Whether bytes moved since this was asked last. */
    boolean takeProgress() {
        boolean since = progressed;
        progressed = false;
        return since;
    }
}
