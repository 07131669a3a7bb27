package dev.adit.jetty;

import dev.adit.exchange.RequestSink;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.policy.Timeouts;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.HeadRules;
import dev.adit.wire.MessageLimits;
import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.RetryableStreamException;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * One request on an HTTP/2 connection to an endpoint, and its answer.
 *
 * <pre>
 *           begin            final head            data with END_STREAM, or trailers, were read
 *   UNUSED -------&gt; HEAD --------------&gt; BODY ----------------------------------------------&gt; over
 *                   | ^ +- 1xx: passed on -+|                                                  ^
 *                   | reset, GOAWAY, the connection's end, a broken rule, timeout              |
 *                   +-----------------------+---- failed, or the body is torn -----------------+
 * </pre>
 */
final class Http2UpstreamStream implements UpstreamSide, Stream.Listener, Content.Source {
    private static final int MAX_INTERIM = 32;
    private static final long UNCOUNTED = -1;

    private final Http2Upstream connection;
    private final MessageLimits limits;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Requester owner;
    private volatile @Nullable Stream stream;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private boolean reused;
    private int interim;
    private volatile boolean answered;
    private volatile boolean sent;
    private volatile @Nullable Sender sender;

    // Of the answer's body; guarded by this.
    private @Nullable Runnable waiting;
    private @Nullable Throwable failure;
    private HttpFields trailers = HttpFields.EMPTY;
    /** Bytes of it that are still to come, or UNCOUNTED. */
    private long left;

    Http2UpstreamStream(Http2Upstream connection, MessageLimits limits) {
        this.connection = connection;
        this.limits = limits;
    }

    // Sending

    /** The head as Jetty's HTTP/2 takes it. */
    private static final class Head implements RequestSink {
        private final HttpFields.Mutable fields = HttpFields.build();
        private String method = "";
        private String target = "";
        private String authority = "";

        @Override
        public void start(String method, String target) {
            this.method = method;
            this.target = target;
        }

        @Override
        public void field(CharSequence name, CharSequence value) {
            if (name.length() == 4 && name.toString().equalsIgnoreCase("host")) {
                authority = value.toString();
            } else {
                fields.add(new HttpField(name.toString(), value.toString()));
            }
        }

        MetaData.Request build(boolean secure, Framing framing, @Nullable String trailer) {
            if (trailer != null) {
                fields.add("trailer", trailer);
            }
            if (framing.kind() == Framing.Kind.LENGTH) {
                fields.add("content-length", Long.toString(framing.length()));
            }
            int mark = target.indexOf('?');
            HttpURI.Mutable uri = HttpURI.build()
                    .scheme(secure ? "https" : "http")
                    .path(mark < 0 ? target : target.substring(0, mark))
                    .query(mark < 0 ? null : target.substring(mark + 1));
            MetaData.Request request = new MetaData.Request(method, uri, HttpVersion.HTTP_2, fields);
            uri.authority(authority);
            return request;
        }
    }

    @Override
    public void begin(
            Requester owner,
            UpstreamRequest request,
            Framing framing,
            Content.@Nullable Source source,
            @Nullable String trailer) {
        Head head = new Head();
        request.writeHead(head);
        MetaData.Request message = head.build(request.protocol().isSecure(), framing, trailer);
        this.owner = owner;
        timeouts = request.timeouts();
        reused = connection.begin();
        boolean ended = source == null || framing.isBodiless();
        sent = ended;
        connection
                .session()
                .newStream(
                        new HeadersFrame(message, null, ended),
                        Promise.from(made -> opened(made, ended ? null : source), this::notOpened),
                        this);
    }

    private void opened(Stream made, Content.@Nullable Source source) {
        stream = made;
        made.setIdleTimeout(timeouts.read().toMillis());
        if (over.get()) {
            cancel(made);
        } else if (source != null) {
            Sender sending = new Sender(made, source);
            sender = sending;
            sending.iterate();
        }
    }

    private void notOpened(Throwable cause) {
        connection.leave();
        failed(Kind.CLOSED, false, cause);
    }

    @Override
    public void spare() {
        if (over.compareAndSet(false, true)) {
            connection.release();
        }
    }

    /** Its connection goes on. */
    @Override
    public void tunnelEnded() {}

    @Override
    public void discard() {
        spare();
    }

    // Receiving

    @Override
    public void onHeaders(Stream from, HeadersFrame frame) {
        // A quick answer is here before we hear that the request has left.
        stream = from;
        Requester hearing = owner;
        if (hearing == null) {
            return;
        }
        if (answered) {
            trailers(from, new FieldHeaders(frame.getMetaData().getHttpFields()));
            return;
        }
        try {
            if (!(frame.getMetaData() instanceof MetaData.Response response)) {
                throw new BadMessageException("a head without a status");
            }
            head(hearing, response, frame.isEndStream());
        } catch (BadMessageException e) {
            cancel(from);
            failed(Kind.BAD_RESPONSE, true, e);
        }
    }

    private void trailers(Stream from, FieldHeaders fields) {
        try {
            HeadRules.checkStream(fields, limits);
        } catch (BadMessageException e) {
            cancel(from);
            fail(e);
            return;
        }
        HttpFields passing = FieldHeaders.passing(fields);
        synchronized (this) {
            trailers = passing;
        }
    }

    private void head(Requester hearing, MetaData.Response response, boolean ended) throws BadMessageException {
        KeptHead head = new KeptHead(response.getStatus(), new FieldHeaders(response.getHttpFields()));
        HeadRules.checkStream(head.headers(), limits);
        if (head.status() == 101 || head.status() < 200 && ended) {
            throw new BadMessageException("an interim answer that cannot be one");
        }
        if (head.status() < 200) {
            if (++interim > MAX_INTERIM) {
                throw new BadMessageException("too many interim answers");
            }
            hearing.interim(head);
            return;
        }
        Framing framing = Framing.ofStream(head, hearing.headRequest(), ended);
        answered = true;
        left = framing.kind() == Framing.Kind.CHUNKED ? UNCOUNTED : framing.length();
        hearing.head(head, framing, this);
    }

    @Override
    public @Nullable Chunk read() {
        Stream from = Objects.requireNonNull(stream);
        synchronized (this) {
            if (failure != null) {
                return Chunk.from(failure, true);
            }
        }
        Stream.Data data = from.readData();
        if (data == null) {
            return null;
        }
        DataFrame frame = data.frame();
        if (left != UNCOUNTED && (frame.remaining() > left || frame.isEndStream() && frame.remaining() < left)) {
            data.release();
            cancel(from);
            return Chunk.from(new IOException("not as much data as the head announced"), true);
        }
        left -= left == UNCOUNTED ? 0 : frame.remaining();
        if (frame.remaining() > 0) {
            return Chunk.asChunk(frame.getByteBuffer(), false, data);
        }
        data.release();
        if (!frame.isEndStream()) {
            return Chunk.EMPTY;
        }
        if (from.isReset()) {
            return Chunk.from(new EOFException("the stream was reset"), true);
        }
        ended(from);
        synchronized (this) {
            return trailers.size() == 0 ? Chunk.EOF : new Trailers(trailers);
        }
    }

    private void ended(Stream from) {
        owner = null;
        if (over.compareAndSet(false, true)) {
            connection.release();
            if (!sent) {
                // The answer came before the end of the request, of which nothing more will be sent.
                cancel(from);
            }
        }
    }

    @Override
    public void demand(Runnable action) {
        boolean ready;
        synchronized (this) {
            ready = failure != null;
            if (!ready) {
                waiting = action;
            }
        }
        if (ready) {
            action.run();
        } else {
            Objects.requireNonNull(stream).demand();
        }
    }

    @Override
    public void onDataAvailable(Stream from) {
        wake();
    }

    private void wake() {
        Runnable action;
        synchronized (this) {
            action = waiting;
            waiting = null;
        }
        if (action != null) {
            action.run();
        }
    }

    // Ending

    @Override
    public void fail(Throwable cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            }
        }
        wake();
    }

    @Override
    public void giveUp(Requester from) {
        if (!from.equals(owner)) {
            return;
        }
        owner = null;
        if (over.compareAndSet(false, true)) {
            connection.release();
            Stream open = stream;
            if (open != null) {
                cancel(open);
            }
        }
    }

    private static void cancel(Stream open) {
        if (!open.isClosed()) {
            open.reset(new ResetFrame(open.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
        }
    }

    /** Cannot happen: no answer of HTTP/2 is taken for 101. */
    @Override
    public EndPoint detach(Requester from) {
        throw new IllegalStateException("a stream is no tunnel");
    }

    @Override
    public void onReset(Stream from, ResetFrame frame, Callback callback) {
        boolean refused = frame.getError() == ErrorCode.REFUSED_STREAM_ERROR.code;
        broke(Kind.CLOSED, !refused, new IOException("the stream was reset"));
        callback.succeeded();
    }

    @Override
    public void onFailure(Stream from, int error, String reason, Throwable cause, Callback callback) {
        // What a GOAWAY leaves out was not looked at (RFC 9113 section 6.8).
        boolean mayHaveArrived = !(cause instanceof RetryableStreamException);
        broke(Kind.CLOSED, mayHaveArrived, new IOException("the connection broke", cause));
        callback.succeeded();
    }

    /** It breaks a rule of HTTP/2, for which it was reset. */
    void brokeRule() {
        broke(Kind.BAD_RESPONSE, true, new IOException("the answer breaks a rule of HTTP/2"));
    }

    @Override
    public void onIdleTimeout(Stream from, TimeoutException timeout, Promise<Boolean> promise) {
        Sender sending = sender;
        boolean late = sent || sending != null && sending.isWriting();
        synchronized (this) {
            late &= !answered || waiting != null || !sent;
        }
        if (late) {
            connection.leave();
            cancel(from);
            broke(Kind.TIMEOUT, true, timeout);
        }
        promise.succeeded(false);
    }

    private void broke(Kind kind, boolean mayHaveArrived, Throwable cause) {
        if (answered) {
            fail(cause);
        } else {
            failed(kind, mayHaveArrived, cause);
        }
    }

    private void failed(Kind kind, boolean mayHaveArrived, Throwable cause) {
        Requester hearing = owner;
        owner = null;
        if (over.compareAndSet(false, true)) {
            connection.release();
            if (hearing != null) {
                hearing.failed(kind, mayHaveArrived, reused, Objects.toString(cause.getMessage(), cause.toString()));
            }
        }
    }

    /** Sends the request's body. */
    private final class Sender extends IteratingCallback {
        private final Stream to;
        private final Content.Source source;
        private final Runnable more = Invocable.from(InvocationType.NON_BLOCKING, this::iterate);
        private @Nullable Chunk chunk;
        private volatile boolean writing;

        Sender(Stream to, Content.Source source) {
            this.to = to;
            this.source = source;
        }

        boolean isWriting() {
            return writing;
        }

        @Override
        protected Action process() {
            release();
            if (sent) {
                return Action.SUCCEEDED;
            }
            Chunk next = source.read();
            if (next == null) {
                source.demand(more);
                return Action.IDLE;
            }
            if (Chunk.isFailure(next)) {
                Requester hearing = owner;
                if (hearing != null) {
                    hearing.bodyFailed(next.getFailure());
                }
                return Action.IDLE;
            }
            chunk = next;
            writing = true;
            if (next instanceof Trailers last) {
                sent = true;
                MetaData fields = new MetaData(HttpVersion.HTTP_2, last.getTrailers());
                to.headers(new HeadersFrame(to.getId(), fields, null, true), this);
            } else {
                sent = next.isLast();
                to.data(new DataFrame(to.getId(), next.getByteBuffer(), next.isLast()), this);
            }
            return Action.SCHEDULED;
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
}
