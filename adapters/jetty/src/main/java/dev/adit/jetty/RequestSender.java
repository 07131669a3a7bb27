package dev.adit.jetty;

import dev.adit.wire.Framing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request on an {@link UpstreamConnection}: its head, with what is there of its body, then a chunk at a time as it
 * comes.
 *
 * <pre>
 *   head, chunk --write--&gt; chunk? --write--&gt; ... last chunk --write--&gt; done
 *                           | nothing yet: demand
 *                           | failure: its requester hears, nothing more is sent
 * </pre>
 *
 * A write that fails ends this and nothing else: the upstream may have answered before it closed.
 */
final class RequestSender extends IteratingCallback {
    private final UpstreamConnection connection;
    private final Requester owner;
    private final Framing framing;
    private final Content.@Nullable Source source;
    private final Runnable more = Invocable.from(InvocationType.NON_BLOCKING, this::iterate);
    private final List<ByteBuffer> out = new ArrayList<>(4);
    private @Nullable ByteBuffer head;
    private @Nullable Chunk sent;
    private volatile boolean writing;
    /** Guarded by the connection: the last byte was handed to the end point, which is still at it; or has left it. */
    private boolean handed;

    private boolean handing;
    private boolean done;

    RequestSender(
            UpstreamConnection connection,
            Requester owner,
            ByteBuffer head,
            Framing framing,
            Content.@Nullable Source source) {
        this.connection = connection;
        this.owner = owner;
        this.head = head;
        this.framing = framing;
        this.source = source;
    }

    /** Whether the end of the request is just now being handed over by some thread. Call with the connection's lock held. */
    boolean isHanding() {
        return handing;
    }

    /** Whether the end of the request was handed over. Call with the connection's lock held. */
    boolean isHanded() {
        return handed;
    }

    /** Whether the whole request has left. Call with the connection's lock held. */
    boolean isDone() {
        return done;
    }

    /** Whether bytes wait for the upstream to take them. */
    boolean isWriting() {
        return writing;
    }

    @Override
    protected Action process() {
        release();
        if (handed) {
            return Action.SUCCEEDED;
        }
        if (source == null) {
            write(null, true);
            return Action.SCHEDULED;
        }
        Chunk next = source.read();
        if (next == null && head == null) {
            source.demand(more);
            return Action.IDLE;
        }
        if (next != null && Chunk.isFailure(next)) {
            owner.bodyFailed(next.getFailure());
            return Action.IDLE;
        }
        sent = next;
        write(next, next != null && next.isLast());
        return Action.SCHEDULED;
    }

    private void write(@Nullable Chunk next, boolean last) {
        out.clear();
        if (head != null) {
            out.add(head);
            head = null;
        }
        if (next != null) {
            ChunkWriter.add(out, framing, next.getByteBuffer(), last, trailers(next));
        }
        ByteBuffer[] bytes = out.toArray(ByteBuffer[]::new);
        writing = true;
        if (!last) {
            connection.getEndPoint().write(this, bytes);
            return;
        }
        synchronized (connection) {
            handed = true;
            handing = true;
        }
        connection.getEndPoint().write(Callback.from(InvocationType.NON_BLOCKING, this::left, this::failed), bytes);
        boolean awaited;
        synchronized (connection) {
            handing = false;
            awaited = connection.body.finished();
        }
        if (awaited) {
            connection.wake();
        }
    }

    private static @Nullable HttpFields trailers(Chunk chunk) {
        return chunk instanceof Trailers trailers ? trailers.getTrailers() : null;
    }

    private void left() {
        synchronized (connection) {
            done = true;
        }
        if (!framing.isBodiless()) {
            connection.sent();
        }
        succeeded();
    }

    @Override
    protected void onSuccess() {
        writing = false;
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        writing = false;
        release();
    }

    private void release() {
        Chunk written = sent;
        sent = null;
        if (written != null) {
            written.release();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
