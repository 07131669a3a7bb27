package dev.adit.jetty;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.UpstreamFailure.Kind;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.policy.Timeouts;
import dev.adit.route.Protocol;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.MessageLimits;
import dev.adit.wire.ResponseReader;
import dev.adit.wire.ResponseStream;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to an endpoint: serves one request after another, and is given up at the first thing that is not
 * as it should be.
 *
 * <pre>
 *  OPENING
 *    |     begin               head 2xx-5xx              body read
 *   IDLE ---------&gt; HEAD ----------------------&gt; BODY --------------&gt; IDLE, back in the pool
 *    |              | ^ +- 1xx: passed on -+       |
 *    | any byte,    | bad head, end, timeout       | not framed, not sent whole, surplus bytes; or given up
 *    v end          v                              v
 *   CLOSED &lt;---- CLOSED: failed &lt;--------------- CLOSED
 * </pre>
 *
 * The request is sent by a {@link RequestSender} meanwhile. Threads come and go: what they share is guarded by this.
 */
final class UpstreamConnection extends WireConnection implements UpstreamSide {
    private enum State {
        OPENING,
        IDLE,
        HEAD,
        BODY,
        CLOSED
    }

    final Endpoint endpoint;
    final Protocol protocol;
    private final Upstreams upstreams;
    private final ResponseStream answers;
    private final HeadWriter heads = new HeadWriter();

    private final ConnectionPermit permit;
    private @Nullable Promise<UpstreamSide> opened;
    private State state = State.OPENING;
    private @Nullable Requester owner;
    private @Nullable RequestSender sender;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private volatile boolean secured;
    private boolean persistent;
    private boolean last;
    /** Whether a tunnel has the connection. */
    private boolean detached;

    private long served;

    /**
     * @param permit is closed with the connection, but with none that never stood
     * @param opened hears when it stands, TLS included, or why it does not
     */
    UpstreamConnection(
            Upstreams upstreams,
            Endpoint endpoint,
            Protocol protocol,
            EndPoint endPoint,
            ConnectionPermit permit,
            Promise<UpstreamSide> opened) {
        this(
                upstreams,
                endpoint,
                protocol,
                endPoint,
                permit,
                opened,
                new ResponseStream(MessageLimits.of(upstreams.limits)));
    }

    private UpstreamConnection(
            Upstreams upstreams,
            Endpoint endpoint,
            Protocol protocol,
            EndPoint endPoint,
            ConnectionPermit permit,
            Promise<UpstreamSide> opened,
            ResponseStream answers) {
        super(endPoint, upstreams.executor, upstreams.buffers, answers.body());
        this.upstreams = upstreams;
        this.endpoint = endpoint;
        this.protocol = protocol;
        this.permit = permit;
        this.opened = opened;
        this.answers = answers;
    }

    // Opening

    @Override
    public void onOpen() {
        super.onOpen();
        if (getEndPoint() instanceof SslConnection.SslEndPoint secure) {
            secure.getSslConnection().addHandshakeListener(new SslHandshakeListener() {
                @Override
                public void handshakeSucceeded(Event event) {
                    secured = true;
                }
            });
            shakeHands();
        } else {
            ready();
        }
    }

    /** Reads until TLS stands: nothing else makes it go on. */
    private void shakeHands() {
        try {
            getEndPoint().flush(BufferUtil.EMPTY_BUFFER);
            if (getEndPoint().fill(BufferUtil.EMPTY_BUFFER) < 0) {
                throw new SSLException("the connection was closed in the handshake");
            }
        } catch (IOException e) {
            notReady(e);
            return;
        }
        if (secured) {
            ready();
        } else {
            awaitInput();
        }
    }

    private void ready() {
        Promise<UpstreamSide> told;
        synchronized (this) {
            told = opened;
            opened = null;
            if (told == null) {
                return;
            }
            state = State.IDLE;
            permit.opened(() -> upstreams.run(this::reclaimed, permit));
        }
        getEndPoint().setIdleTimeout(upstreams.limits.upstreamIdle().toMillis());
        awaitInput();
        told.succeeded(this);
    }

    private void notReady(Throwable cause) {
        synchronized (this) {
            state = State.CLOSED;
        }
        getEndPoint().close(cause);
    }

    /** Takes it into use, if it may be {@linkplain #begin begun}. */
    synchronized boolean use() {
        return state == State.IDLE && getEndPoint().isOpen() && permit.use();
    }

    /** Returns whether it may be kept. */
    boolean unused() {
        return permit.idle();
    }

    private void reclaimed() {
        upstreams.pool.remove(this);
        closeIdle();
    }

    @Override
    public void spare() {
        keep();
    }

    @Override
    public void discard() {
        closeIdle();
    }

    private void keep() {
        boolean kept;
        synchronized (this) {
            kept = state == State.IDLE && upstreams.pool.put(this);
            state = kept ? State.IDLE : State.CLOSED;
        }
        if (!kept) {
            getEndPoint().close();
        }
    }

    // Sending

    @Override
    public void begin(
            Requester owner,
            UpstreamRequest request,
            Framing framing,
            Content.@Nullable Source source,
            @Nullable String trailer) {
        request.writeHead(heads);
        heads.framing(framing, trailer);
        RequestSender sending = new RequestSender(this, owner, heads.end(), framing, source);
        boolean gone;
        synchronized (this) {
            gone = state != State.IDLE;
            this.owner = owner;
            sender = sending;
            timeouts = request.timeouts();
            last = request.closes();
            state = State.HEAD;
            served++;
            answers.expect(owner.headRequest(), owner.upgrade());
        }
        if (gone) {
            failed(Kind.CLOSED, false, new IOException("closed while it was unused"));
            return;
        }
        getEndPoint().setIdleTimeout((framing.isBodiless() ? timeouts.read() : timeouts.send()).toMillis());
        sending.iterate();
    }

    /** The whole request has left. */
    void sent() {
        getEndPoint().setIdleTimeout(timeouts.read().toMillis());
    }

    // Receiving

    @Override
    public void onFillable() {
        if (wake()) {
            return;
        }
        State now;
        synchronized (this) {
            now = state;
        }
        switch (now) {
            case OPENING -> shakeHands();
            case IDLE -> disturbed();
            case HEAD -> readHead();
            case BODY, CLOSED -> {
                // Nobody asked for it, or nobody is left.
            }
        }
    }

    /** Bytes that nobody asked for could be taken for the answer to the next request. */
    private void disturbed() {
        synchronized (this) {
            if (state == State.IDLE) {
                try {
                    if (fill() == 0) {
                        awaitInput();
                        return;
                    }
                } catch (IOException e) {
                    // A reset is one way to end.
                }
                state = State.CLOSED;
            } else {
                // It was taken just now, and what came is for who took it.
                awaitInput();
                return;
            }
        }
        upstreams.pool.remove(this);
        releaseInput();
        getEndPoint().close();
    }

    private void readHead() {
        try {
            ResponseReader head = answers.head();
            while (true) {
                int there = fill();
                if (there < 0) {
                    throw new IOException("the connection was closed");
                }
                if (there == 0) {
                    awaitInput();
                    return;
                }
                if (head.read(input()) && read(head)) {
                    return;
                }
            }
        } catch (BadMessageException e) {
            failed(Kind.BAD_RESPONSE, e);
        } catch (IOException e) {
            failed(Kind.CLOSED, e);
        }
    }

    /** Returns whether this was the final one. */
    private boolean read(ResponseReader head) throws BadMessageException {
        Framing framing = answers.begin();
        Requester hearing;
        synchronized (this) {
            hearing = owner;
            if (hearing == null) {
                releaseInput();
                return true;
            }
            if (!answers.isInterim()) {
                persistent = !last && framing.kind() != Framing.Kind.CLOSE && head.isPersistent();
                state = State.BODY;
                startBody();
            }
        }
        if (answers.isInterim()) {
            hearing.interim(KeptHead.of(head));
            answers.next();
            return false;
        }
        hearing.head(head, framing, this);
        return true;
    }

    @Override
    boolean mayEnd() {
        RequestSender sending = sender;
        return sending == null || !sending.isHanding();
    }

    @Override
    void bodyEnded() {
        boolean reusable;
        synchronized (this) {
            if (state != State.BODY || answers.isTunnel()) {
                return;
            }
            RequestSender sending = sender;
            owner = null;
            sender = null;
            reusable = persistent
                    && !hasInput()
                    && sending != null
                    && sending.isDone()
                    && !upstreams.isDraining()
                    && getEndPoint().isOpen();
            state = reusable ? State.IDLE : State.CLOSED;
        }
        releaseInput();
        if (reusable) {
            getEndPoint().setIdleTimeout(upstreams.limits.upstreamIdle().toMillis());
            awaitInput();
            keep();
        } else {
            getEndPoint().close();
        }
    }

    // Ending

    @Override
    public void giveUp(Requester from) {
        synchronized (this) {
            if (!from.equals(owner)) {
                return;
            }
            owner = null;
            if (state == State.BODY) {
                closeBody();
            }
            state = State.CLOSED;
        }
        getEndPoint().close();
    }

    @Override
    public EndPoint detach(Requester from) {
        synchronized (this) {
            if (!from.equals(owner)) {
                throw new IllegalStateException("not the attempt of who calls");
            }
            owner = null;
            state = State.CLOSED;
            detached = true;
        }
        return getEndPoint();
    }

    @Override
    public void tunnelEnded() {
        permit.close();
    }

    /** Closes it if it is not used. */
    void closeIdle() {
        synchronized (this) {
            if (state != State.IDLE) {
                return;
            }
            state = State.CLOSED;
        }
        getEndPoint().close();
    }

    private void failed(Kind kind, Throwable cause) {
        failed(kind, true, cause);
    }

    private void failed(Kind kind, boolean sent, Throwable cause) {
        Requester hearing;
        boolean reused;
        synchronized (this) {
            hearing = owner;
            owner = null;
            state = State.CLOSED;
            reused = served > 1;
        }
        releaseInput();
        getEndPoint().close();
        if (hearing != null) {
            hearing.failed(kind, sent, reused, Objects.toString(cause.getMessage(), cause.toString()));
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        State now;
        synchronized (this) {
            now = state;
        }
        switch (now) {
            case OPENING -> notReady(cause);
            case IDLE -> {
                closeIdle();
                upstreams.pool.remove(this);
            }
            case HEAD -> failed(cause instanceof TimeoutException ? Kind.TIMEOUT : Kind.CLOSED, cause);
            case BODY -> fail(cause);
            case CLOSED -> {
                // It was given up.
            }
        }
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        synchronized (this) {
            RequestSender sending = sender;
            boolean sent = sending == null || sending.isHanded();
            return switch (state) {
                case OPENING, IDLE, CLOSED -> true;
                // As long as its client has more to send, it is not the upstream that is slow; it is if it does not
                // read.
                case HEAD -> sent || Objects.requireNonNull(sending).isWriting();
                case BODY ->
                    sent ? isAwaited() : Objects.requireNonNull(sending).isWriting();
            };
        }
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        Promise<UpstreamSide> told;
        boolean over;
        synchronized (this) {
            told = opened;
            opened = null;
            over = !detached;
        }
        if (told != null) {
            told.failed(cause == null ? new IOException("closed") : cause);
        } else if (over) {
            permit.close();
        }
    }
}
