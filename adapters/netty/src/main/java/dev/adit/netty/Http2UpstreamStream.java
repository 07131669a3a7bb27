package dev.adit.netty;

import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.policy.Timeouts;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Fields;
import dev.adit.wire.FrameBudget;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on an HTTP/2 connection to an endpoint, and its answer.
 *
 * <pre>
 *           begin            final head            trailers, or data with END_STREAM
 *   UNUSED ───────▶ HEAD ──────────────▶ BODY ───────────────────────────────────────▶ DONE
 *                   │ ▲ └─ 1xx: passed on ┘│                                            ▲
 *                   │ RST_STREAM, GOAWAY, the connection's end, a broken rule, timeout  │
 *                   └──────────────────────┴────────────────── upstreamFailed ──────────┘
 * </pre>
 */
final class Http2UpstreamStream extends Http2StreamHandler implements UpstreamSide {
    private enum State {
        UNUSED,
        HEAD,
        BODY,
        DONE
    }

    private static final int MAX_INTERIM = 32;
    private static final int UNCOUNTED = -1;

    private final Http2Upstream connection;
    private @Nullable Requester owner;
    /** The head of an extended CONNECT that waits for the endpoint's settings. */
    private @Nullable Http2Headers unsent;

    private State state = State.UNUSED;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private @Nullable Fields trailers;
    /** The endpoint has sent its last frame. */
    private boolean complete;

    private boolean paused;
    private boolean delivering;
    private boolean refused;
    private boolean reused;
    /** Bytes of the body that are still to come, or UNCOUNTED. */
    private long remaining;

    private int interim;
    private long deadline = LoopMember.NEVER;

    Http2UpstreamStream(Http2Upstream connection, Http2Streams streams) {
        super(streams);
        this.connection = connection;
    }

    // Sending

    @Override
    public void begin(Requester owner, UpstreamRequest request, Framing framing, @Nullable Fields source) {
        Http2HeadWriter head = loop.http2Heads;
        request.writeHead(head);
        head.framing(framing, source);
        head.scheme(connection.protocol.isSecure());
        this.owner = owner;
        timeouts = request.timeouts();
        state = State.HEAD;
        touch();
        if (head.isConnect()) {
            unsent = head.end();
            connection.whenSettled(this);
        } else {
            send(head.end(), framing.isBodiless());
        }
    }

    /** The endpoint's settings are known. */
    void settled() {
        Http2Headers head = unsent;
        unsent = null;
        if (head == null || owner == null) {
            return;
        }
        if (connection.allowsConnect()) {
            send(head, false);
            flush();
        } else {
            // Not from within: the caller is not ready for it.
            loop.eventLoop.execute(
                    () -> failed(UpstreamFailure.Kind.CONNECT, false, "the endpoint allows no extended CONNECT"));
        }
    }

    /** The endpoint's settings will not be known: it is gone. */
    void neverSettled() {
        failed(UpstreamFailure.Kind.CLOSED, false, "the connection was closed");
    }

    private void send(Http2Headers head, boolean end) {
        int id = connection.nextStream();
        reused = connection.reused();
        if (id > 0) {
            writeHead(id, head, end);
        }
        Http2Stream opened = id > 0 ? streams.codec.connection().stream(id) : null;
        if (opened == null) {
            // Not from within: the caller is not ready for it.
            loop.eventLoop.execute(() -> failed(UpstreamFailure.Kind.CLOSED, false, "no stream could be opened"));
        } else {
            opened(opened);
            watchWindows();
        }
    }

    @Override
    public boolean writable() {
        return isWritable();
    }

    @Override
    public void write(ByteBuf data) {
        touch();
        writeData(data, false);
    }

    @Override
    public void end(@Nullable Fields trailers) {
        if (hasEnded()) {
            return;
        }
        Http2Headers passed = trailers == null ? null : Http2HeadWriter.trailers(trailers);
        if (passed == null || passed.isEmpty()) {
            writeData(Unpooled.EMPTY_BUFFER, true);
        } else {
            writeHead(id(), passed, true);
        }
    }

    @Override
    public void flush() {
        streams.flush();
    }

    @Override
    void writableAgain() {
        if (owner != null) {
            owner.upstreamWritable();
        }
    }

    // Receiving

    void headers(Http2Headers headers, boolean end) throws Http2Exception {
        Requester owner = this.owner;
        if (owner == null) {
            return;
        }
        touch();
        try {
            if (state == State.BODY) {
                trailers = Http2HeadReader.trailers(headers, loop.limits);
                complete = true;
                deliver();
            } else {
                head(owner, Http2HeadReader.response(headers, loop.limits), end);
            }
        } catch (BadMessageException e) {
            failed(UpstreamFailure.Kind.BAD_RESPONSE, true, Objects.toString(e.getMessage(), ""));
        }
    }

    private void head(Requester owner, Http2Response response, boolean end) throws BadMessageException {
        if (response.status() == 101 || response.status() < 200 && end) {
            throw new BadMessageException(400, "an interim answer that cannot be one");
        }
        if (response.status() < 200) {
            if (++interim > MAX_INTERIM) {
                throw new BadMessageException(400, "too many interim answers");
            }
            owner.interim(response);
            return;
        }
        Framing framing = Framing.ofStream(response, owner.headRequest(), end);
        state = State.BODY;
        complete = end;
        remaining = switch (framing.kind()) {
            case NONE -> 0;
            case LENGTH -> framing.length();
            case CHUNKED, CLOSE -> UNCOUNTED;
        };
        owner.head(response, response.fields(), framing, Unpooled.EMPTY_BUFFER);
        deliver();
    }

    /** Takes a piece of the body; returns how much of it the endpoint may send again at once. */
    int data(ByteBuf data, boolean end) {
        if (owner == null) {
            return data.readableBytes();
        }
        touch();
        int size = data.readableBytes();
        if (state == State.HEAD || remaining != UNCOUNTED && size > remaining) {
            failed(UpstreamFailure.Kind.BAD_RESPONSE, true, "data that the head did not announce");
            return size;
        }
        if (remaining != UNCOUNTED) {
            remaining -= size;
        }
        keep(data);
        complete = end;
        deliver();
        return 0;
    }

    /** Hands over what the client can take. */
    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (owner != null && !paused && hasKept()) {
                owner.responseData(take());
            }
        } finally {
            delivering = false;
        }
        if (owner != null && complete && !hasKept()) {
            if (remaining > 0) {
                failed(UpstreamFailure.Kind.BAD_RESPONSE, true, "less data than the head announced");
            } else {
                finished(owner);
            }
        }
    }

    private void finished(Requester owner) {
        this.owner = null;
        state = State.DONE;
        streams.budget.earn(FrameBudget.STREAM_ANSWERED);
        if (!hasEnded()) {
            // The answer came before the end of the request, of which nothing more will be sent.
            reset(Http2Error.CANCEL);
        }
        owner.responseEnd(trailers);
    }

    @Override
    void readComplete() {
        if (owner != null) {
            owner.responseFlush();
        }
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            touch();
            deliver();
            readComplete();
        }
    }

    // Ending

    @Override
    public void giveUp() {
        owner = null;
        if (state == State.HEAD || state == State.BODY) {
            state = State.DONE;
            discard();
            abandon();
        }
    }

    private void abandon() {
        if (isOpen()) {
            reset(Http2Error.CANCEL);
        }
    }

    @Override
    public void spare() {
        connection.streamClosed();
    }

    @Override
    public @Nullable Channel detach() {
        return null;
    }

    /** The endpoint resets the stream; {@link #closed} follows. */
    void resetWith(long errorCode) {
        refused = errorCode == Http2Error.REFUSED_STREAM.code();
    }

    /** What is complete may still be waiting for its client. */
    @Override
    void closed() {
        if (complete) {
            return;
        }
        boolean sent = !refused && connection.mayHaveProcessed(id());
        failed(UpstreamFailure.Kind.CLOSED, sent, "the stream was closed");
    }

    private void failed(UpstreamFailure.Kind kind, boolean sent, String detail) {
        Requester owner = this.owner;
        giveUp();
        if (owner != null) {
            owner.upstreamFailed(kind, sent, reused, detail);
        }
    }

    // Watching

    private void touch() {
        deadline = loop.after(timeouts.read());
    }

    @Override
    void tick(long now) {
        Requester owner = this.owner;
        if (owner == null) {
            return;
        }
        if (sending.stalled(now, timeouts.send().toNanos())) {
            failed(UpstreamFailure.Kind.TIMEOUT, true, "the request could not be sent in time");
        } else if (paused || !owner.requestSent()) {
            touch();
        } else if (now > deadline) {
            connection.leave();
            failed(UpstreamFailure.Kind.TIMEOUT, true, "no answer in time");
        }
    }

    @Override
    void cancel() {
        failed(UpstreamFailure.Kind.CLOSED, true, "the gateway ends");
    }
}
