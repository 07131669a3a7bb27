package dev.adit.jetty;

import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.KeptBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.function.IntPredicate;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * The body of a client's request, for one attempt after another. Each attempt has its own view, which begins with what was
 * read before, as long as all of that is kept; only the newest one reads on. A demand cannot be taken back, so it outlives
 * the view that made it and serves the next one. Safe for any number of threads.
 */
final class ClientBody {
    private static final int DISCARDED_CHUNKS = 16;

    private final Content.Source source;
    private final Runnable available = Invocable.from(InvocationType.NON_BLOCKING, this::available);
    private final AutoLock lock = new AutoLock();
    private final Runnable atEnd;
    private final KeptBody kept;
    private final IntPredicate passes;
    private boolean tooLong;
    private @Nullable Chunk end;
    private @Nullable View current;
    private boolean demanded;

    /**
     * @param keptLimit how many bytes to keep; a longer body is not kept at all
     * @param passes is told how many bytes were read; where they may not pass the body is too long, and has failed
     * @param atEnd runs once, when its end was read
     */
    ClientBody(Content.Source source, Framing framing, int keptLimit, IntPredicate passes, Runnable atEnd) {
        this.source = source;
        this.kept = new KeptBody(framing.length() > keptLimit ? 0 : keptLimit);
        this.passes = passes;
        this.atEnd = atEnd;
    }

    /** Whether a new view would begin with the first byte. */
    boolean replayable() {
        try (AutoLock ignored = lock.lock()) {
            return kept.whole();
        }
    }

    /** Whether its end was read. */
    boolean ended() {
        try (AutoLock ignored = lock.lock()) {
            return end != null;
        }
    }

    /** Whether it was given up because it is too long. */
    boolean tooLong() {
        try (AutoLock ignored = lock.lock()) {
            return tooLong;
        }
    }

    /** The whole body if it has ended and is kept, or null. */
    @Nullable
    ByteBuffer whole() {
        try (AutoLock ignored = lock.lock()) {
            return kept.whole() && end != null ? kept.bytes() : null;
        }
    }

    /** It will not be sent again. */
    void forget() {
        try (AutoLock ignored = lock.lock()) {
            kept.forget();
        }
    }

    /** A view for a new attempt; the one before reads nothing any more. */
    View view() {
        try (AutoLock ignored = lock.lock()) {
            View view = new View();
            current = view;
            return view;
        }
    }

    /** Throws away what is there, but not much of it. Returns whether that was all. */
    boolean discardAvailable() {
        forget();
        View view = view();
        for (int i = 0; i < DISCARDED_CHUNKS; i++) {
            Chunk chunk = view.read();
            if (chunk == null || Chunk.isFailure(chunk)) {
                return false;
            }
            chunk.release();
            if (chunk.isLast()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Throws away what is left, as it comes.
     *
     * @param reading runs what reads a few chunks, on whichever thread
     * @param broken runs if there will be no end
     */
    void discard(Executor reading, Runnable broken) {
        forget();
        discard(view(), reading, broken);
    }

    private static void discard(View view, Executor reading, Runnable broken) {
        Runnable more = () -> reading.execute(() -> discard(view, reading, broken));
        for (int i = 0; i < DISCARDED_CHUNKS; i++) {
            Chunk chunk = view.read();
            if (chunk == null) {
                view.demand(more);
                return;
            }
            if (Chunk.isFailure(chunk)) {
                broken.run();
                return;
            }
            chunk.release();
            if (chunk.isLast()) {
                return;
            }
        }
        more.run();
    }

    private void available() {
        Runnable waiting;
        try (AutoLock ignored = lock.lock()) {
            demanded = false;
            View view = current;
            waiting = view == null ? null : view.waiting;
            if (view != null) {
                view.waiting = null;
            }
        }
        if (waiting != null) {
            waiting.run();
        }
    }

    private @Nullable Chunk next() {
        if (end != null) {
            return end;
        }
        Chunk chunk = source.read();
        if (chunk == null) {
            return null;
        }
        if (Chunk.isFailure(chunk)) {
            Throwable cause = chunk.getFailure();
            // A timeout of the client is the end of it: Jetty would let us ask again.
            return Chunk.from(cause == null ? new ClosedChannelException() : cause, true);
        }
        if (chunk.hasRemaining() && !passes.test(chunk.remaining())) {
            tooLong = true;
            chunk.release();
            return Chunk.from(new BadMessageException(413, "a body that is too long"), true);
        }
        kept.add(chunk.getByteBuffer());
        if (chunk.isLast()) {
            end = chunk.hasRemaining() ? Chunk.EOF : chunk;
        }
        return chunk;
    }

    /** What one attempt sees of the body. */
    final class View implements Content.Source {
        private final ByteBuffer again = kept.bytes();
        private @Nullable Runnable waiting;
        private boolean muted;

        @Override
        public @Nullable Chunk read() {
            boolean before;
            boolean after;
            Chunk chunk;
            try (AutoLock ignored = lock.lock()) {
                if (muted) {
                    return null;
                }
                if (current != this) {
                    return Chunk.from(new IOException("the attempt is over"), true);
                }
                if (again.hasRemaining()) {
                    return again();
                }
                before = end != null;
                chunk = next();
                after = end != null;
            }
            if (after && !before) {
                atEnd.run();
            }
            return chunk;
        }

        private Chunk again() {
            ByteBuffer all = again.slice();
            again.position(again.limit());
            return Chunk.from(all, false);
        }

        @Override
        public void demand(Runnable callback) {
            boolean ready;
            boolean asked;
            try (AutoLock ignored = lock.lock()) {
                if (muted) {
                    return;
                }
                ready = current != this || again.hasRemaining() || end != null;
                asked = demanded;
                if (!ready) {
                    waiting = callback;
                    demanded = true;
                }
            }
            if (ready) {
                callback.run();
            } else if (!asked) {
                source.demand(available);
            }
        }

        /** The attempt failed: that is no failure of the client. */
        @Override
        public void fail(Throwable cause) {
            detach();
        }

        /** From now on there is nothing to read: an attempt that is being answered is neither fed nor failed. */
        void mute() {
            try (AutoLock ignored = lock.lock()) {
                muted = true;
                waiting = null;
            }
        }

        /** Ends the reading of this view. */
        void detach() {
            try (AutoLock ignored = lock.lock()) {
                if (current == this) {
                    current = null;
                    waiting = null;
                }
            }
        }
    }
}
