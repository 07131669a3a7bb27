package dev.adit.jetty;

import dev.adit.balancer.ConnectionPermit;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection to an endpoint. Safe for any number of threads. */
final class Http2Upstream implements Session.Listener, HTTP2Session.FrameListener {
    private final ConnectionPermit permit;
    private final Consumer<Http2Upstream> forget;
    private final Consumer<Http2Upstream> ended;
    /** Guarded by this, as is whether the permit is in use. */
    private int underWay;

    private final AtomicInteger served = new AtomicInteger();
    private volatile @Nullable Session session;
    private volatile boolean leaving;

    /**
     * @param forget is told when it takes no more requests
     * @param ended is told whenever a request has ended, and has it {@link #rest}
     */
    Http2Upstream(ConnectionPermit permit, Consumer<Http2Upstream> forget, Consumer<Http2Upstream> ended) {
        this.permit = permit;
        this.forget = forget;
        this.ended = ended;
    }

    /** It is there; returns whether it still is, and speaks HTTP/2: over TLS that is agreed by ALPN. */
    boolean stands(Session made, boolean secure) {
        session = made;
        if (made instanceof HTTP2Session known) {
            known.addEventListener(this);
        }
        boolean agreed = !secure
                || made instanceof HTTP2Session known
                        && known.getEndPoint() instanceof SslConnection.SslEndPoint endPoint
                        && "h2"
                                .equals(endPoint.getSslConnection()
                                        .getSSLEngine()
                                        .getApplicationProtocol());
        if (!agreed) {
            made.close(ErrorCode.NO_ERROR.code, "no HTTP/2", Callback.NOOP);
        }
        return agreed && !leaving;
    }

    /** Holds its permit until it is closed. */
    void hold(Upstreams upstreams) {
        permit.opened(() -> upstreams.run(this::reclaimed, permit));
        if (session() instanceof HTTP2Session known) {
            known.getEndPoint().getConnection().addEventListener(new Connection.Listener() {
                @Override
                public void onClosed(Connection connection) {
                    permit.close();
                }
            });
            if (!known.getEndPoint().isOpen()) {
                permit.close();
            }
        }
    }

    /** Somebody else needs to connect to the endpoint. */
    private void reclaimed() {
        leave();
        boolean unused;
        synchronized (this) {
            unused = underWay == 0;
        }
        if (unused) {
            close();
        }
    }

    private void close() {
        session().close(ErrorCode.NO_ERROR.code, "unused", Callback.NOOP);
    }

    Session session() {
        return Objects.requireNonNull(session);
    }

    /** Makes room for a request, if it takes one. */
    synchronized boolean reserve() {
        int most = session() instanceof HTTP2Session known ? known.getMaxLocalStreams() : 1;
        boolean room = !leaving && (most < 0 || underWay < most) && permit.use();
        underWay += room ? 1 : 0;
        return room;
    }

    /** A request that had room is over. */
    void release() {
        synchronized (this) {
            underWay--;
        }
        ended.accept(this);
    }

    /** Those were served who waited for room here: if there is no request now, somebody else may have the connection's place. */
    void rest() {
        boolean kept;
        synchronized (this) {
            kept = underWay > 0 || permit.idle();
        }
        if (!kept) {
            close();
        }
    }

    /** A request begins; returns whether another did before. */
    boolean begin() {
        return served.getAndIncrement() > 0;
    }

    /** Takes no more requests. */
    void leave() {
        leaving = true;
        forget.accept(this);
    }

    /** Jetty resets a stream that breaks a rule without telling whose it is. */
    @Override
    public void onOutgoingFrame(Session session, Frame frame) {
        if (frame instanceof ResetFrame end
                && session.getStream(end.getStreamId()) instanceof HTTP2Stream stream
                && stream.getListener() instanceof Http2UpstreamStream attempt) {
            attempt.brokeRule();
        }
    }

    @Override
    public void onGoAway(Session session, GoAwayFrame frame) {
        leave();
    }

    @Override
    public void onClose(Session session, GoAwayFrame frame, Callback callback) {
        leave();
        callback.succeeded();
    }

    @Override
    public void onFailure(Session session, Throwable failure, Callback callback) {
        leave();
        callback.succeeded();
    }
}
