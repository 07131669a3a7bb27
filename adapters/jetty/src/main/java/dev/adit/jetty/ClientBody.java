package dev.adit.jetty;

import dev.adit.exchange.HttpVersion;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.eclipse.jetty.client.Request.Content;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.AutoLock;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * The body of a client's request, for one attempt after another. Each attempt has its own view; only the newest one reads,
 * and what it read is gone. Jetty lets nobody take a demand back, so a demand outlives the view that made it and serves the
 * next one. Safe for any number of threads.
 */
final class ClientBody {
    private static final int DISCARDED_CHUNKS = 16;

    private final Request request;
    private final Runnable atEnd;
    private final long length;
    private final AutoLock lock = new AutoLock();
    private @Nullable View current;
    private @Nullable Chunk first;
    private boolean demanded;
    private volatile boolean taken;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    private ClientBody(Request request, Runnable atEnd, long length, @Nullable Chunk first) {
        this.request = request;
        this.atEnd = atEnd;
        this.length = length;
        this.first = first;
    }

    /**
     * The body of {@code request}, or null if it has none.
     *
     * @param atEnd runs when its end was read
     */
    static @Nullable ClientBody of(Request request, HttpVersion version, Runnable atEnd) {
        long length = request.getLength();
        HttpFields headers = request.getHeaders();
        if (length >= 0) {
            // A length of nothing is passed on, an unsaid one is not.
            return length > 0 || headers.contains(HttpHeader.CONTENT_LENGTH)
                    ? new ClientBody(request, atEnd, length, null)
                    : null;
        }
        if (version != HttpVersion.HTTP_2) {
            return headers.contains(HttpHeader.TRANSFER_ENCODING) ? new ClientBody(request, atEnd, -1, null) : null;
        }
        // HTTP/2 needs no fields for it: the stream has ended or has not.
        Chunk chunk = request.read();
        return chunk != null && chunk.isLast() && !chunk.hasRemaining() && !Chunk.isFailure(chunk)
                ? null
                : new ClientBody(request, atEnd, -1, chunk);
    }

    /** In bytes, or -1. */
    long length() {
        return length;
    }

    /** Whether any of it was read: it cannot be sent again. */
    boolean taken() {
        return taken;
    }

    /** Whether its end was read. */
    boolean ended() {
        return ended;
    }

    /** Why it broke off, or null. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Whether the client is being waited for. */
    boolean awaited() {
        try (AutoLock ignored = lock.lock()) {
            return demanded;
        }
    }

    HttpFields trailers() {
        return FieldHeaders.passing(request.getTrailers());
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
        View view = view();
        for (int i = 0; i < DISCARDED_CHUNKS && !ended; i++) {
            Chunk chunk = view.read();
            if (chunk == null || Chunk.isFailure(chunk)) {
                return false;
            }
            chunk.release();
        }
        return ended;
    }

    /** Reads what is there and throws it away, until the end or a failure, then runs {@code done} once. */
    void discard(Runnable done) {
        View view = view();
        Runnable more = new Runnable() {
            @Override
            public void run() {
                Chunk chunk = view.read();
                while (chunk != null) {
                    boolean last = chunk.isLast();
                    chunk.release();
                    if (last) {
                        done.run();
                        return;
                    }
                    chunk = view.read();
                }
                view.demand(this);
            }
        };
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
        Chunk chunk = first;
        first = null;
        if (chunk == null) {
            chunk = request.read();
        }
        if (chunk == null) {
            return null;
        }
        if (Chunk.isFailure(chunk)) {
            Throwable cause = chunk.getFailure();
            failure = cause == null ? new ClosedChannelException() : cause;
            // A timeout of the client is the end of it: Jetty would let us ask again.
            return Chunk.from(failure, true);
        }
        taken |= chunk.hasRemaining();
        if (chunk.isLast() && !ended) {
            ended = true;
            atEnd.run();
        }
        return chunk;
    }

    /** What one attempt sees of the body. */
    final class View implements Content {
        private @Nullable Runnable waiting;
        private boolean muted;

        @Override
        public long getLength() {
            return length;
        }

        @Override
        public @Nullable String getContentType() {
            return null;
        }

        @Override
        public @Nullable Chunk read() {
            try (AutoLock ignored = lock.lock()) {
                if (muted) {
                    return null;
                }
                return current == this ? next() : Chunk.from(new IOException("the attempt is over"), true);
            }
        }

        @Override
        public void demand(Runnable callback) {
            boolean stale;
            boolean asked;
            try (AutoLock ignored = lock.lock()) {
                if (muted) {
                    return;
                }
                stale = current != this;
                asked = demanded;
                if (!stale) {
                    waiting = callback;
                    demanded = true;
                }
            }
            if (stale) {
                callback.run();
            } else if (!asked) {
                request.demand(Invocable.from(InvocationType.NON_BLOCKING, ClientBody.this::available));
            }
        }

        /** The attempt failed: that is no failure of the client. */
        @Override
        public void fail(Throwable cause) {
            detach();
        }

        /** From now on there is nothing to read yet: an attempt that is being answered is neither fed nor failed. */
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
