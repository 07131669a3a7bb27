package dev.adit.jetty;

import dev.adit.wire.FrameBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the frames of one client's HTTP/2 connection for what Jetty lets pass: DATA on a stream that the client has ended
 * (RFC 9113 section 5.1), and floods. Jetty counts frames in a second, and so takes a client that is busy for a hostile one;
 * here it is a few in each second, and above that as many as its requests have earned. It is the flow control besides, which
 * knows best what was sent.
 */
final class FrameWatch extends BufferingFlowControlStrategy implements HTTP2Session.FrameListener {
    private static final int FREE_PER_SECOND = 128;
    /** Of the streams that we have reset, so many are remembered. */
    private static final int REMEMBERED = 256;
    /** A client may open two windows in two steps for each piece of an answer, and for many small ones at once. */
    private static final int UPDATES_PER_DATA = 4;

    private static final int MOST_UPDATES = 1 << 18;
    /** Of a window that was read before the client hears of it. */
    private static final float UNREAD_PART = 0.5f;

    private final RateControl free = few();
    private volatile BiConsumer<HTTP2Stream, ResetFrame> whenReset = (stream, frame) -> {};
    private int lastStream;
    private volatile boolean leaving;
    // Guarded by this.
    private final FrameBudget budget = new FrameBudget();
    private int updates;
    private final Deque<Integer> reset = new ArrayDeque<>();

    /** For one connection, whose windows it opens as Jetty does by default. */
    FrameWatch() {
        super(UNREAD_PART);
    }

    /** @param whenReset is told of each stream that we reset */
    void watch(HTTP2Session session, BiConsumer<HTTP2Stream, ResetFrame> whenReset) {
        this.whenReset = whenReset;
        session.addEventListener(this);
    }

    /** For Jetty: how many of the frames that this never sees, and of those that are dear, there may be. */
    static RateControl.Factory others() {
        return new RateControl.Factory() {
            @Override
            public RateControl newRateControl(EndPoint endPoint) {
                RateControl others = few();
                return frame -> cost(frame) >= 0 || others.onEvent(frame);
            }
        };
    }

    private static RateControl few() {
        return new WindowRateControl(FREE_PER_SECOND, Duration.ofSeconds(1));
    }

    /** What {@code frame} costs its sender, or -1 if Jetty is to count it. */
    private static int cost(@Nullable Object frame) {
        if (frame instanceof DataFrame data && data.remaining() > 0 || frame instanceof HeadersFrame) {
            // Windows limit the one, and what becomes of its stream pays for the other.
            return 0;
        }
        if (frame instanceof WindowUpdateFrame || frame instanceof PingFrame) {
            return FrameBudget.FRAME;
        }
        return frame instanceof ResetFrame ? FrameBudget.STREAM_WASTED : -1;
    }

    @Override
    public void onIncomingFrame(Session session, Frame frame) {
        HTTP2Session known = (HTTP2Session) session;
        charge(known, frame, cost(frame));
        if (frame instanceof HeadersFrame head) {
            lastStream = Math.max(lastStream, head.getStreamId());
        } else if (frame instanceof DataFrame data) {
            refuseIfEnded(known, data.getStreamId());
        }
    }

    private void charge(HTTP2Session session, Frame frame, int cost) {
        if (cost <= 0 || frame instanceof WindowUpdateFrame && isEarned() || free.onEvent(frame)) {
            return;
        }
        boolean exhausted;
        synchronized (this) {
            budget.spend(cost);
            exhausted = budget.exhausted();
        }
        if (exhausted) {
            session.onConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "too many frames");
        }
    }

    private synchronized boolean isEarned() {
        updates = Math.max(0, updates - 1);
        return updates > 0;
    }

    /** Data may have been under way when we reset their stream: only other ended streams tell of a mistake. */
    private void refuseIfEnded(HTTP2Session session, int stream) {
        boolean ours;
        synchronized (this) {
            ours = reset.contains(stream);
        }
        if (!ours && stream <= lastStream && session.getStream(stream) == null) {
            ResetFrame refusal = new ResetFrame(stream, ErrorCode.STREAM_CLOSED_ERROR.code);
            session.frames(null, List.of(refusal), Callback.NOOP);
        }
    }

    @Override
    public void onOutgoingFrame(Session session, Frame frame) {
        HTTP2Session known = (HTTP2Session) session;
        if (frame instanceof ResetFrame end) {
            remember(end.getStreamId());
            if (end.getError() != ErrorCode.NO_ERROR.code && end.getError() != ErrorCode.CANCEL_STREAM_ERROR.code) {
                charge(known, end, FrameBudget.STREAM_WASTED);
            }
            HTTP2Stream stream = known.getStream(end.getStreamId());
            if (stream != null) {
                whenReset.accept(stream, end);
            }
        } else if (frame instanceof DataFrame data && data.isEndStream()
                || frame instanceof HeadersFrame head && head.isEndStream()) {
            earn(FrameBudget.STREAM_ANSWERED);
        } else if (frame instanceof GoAwayFrame end && end.getError() == ErrorCode.NO_ERROR.code && !end.isGraceful()) {
            leave(known, end);
        }
    }

    /** Lets a client that has every answer see the end of the connection, too: Jetty waits for the client to end it. */
    private void leave(HTTP2Session session, GoAwayFrame end) {
        if (!leaving) {
            leaving = true;
            GoAwayFrame again = new GoAwayFrame(end.getLastStreamId(), end.getError(), end.getPayload());
            EndPoint endPoint = session.getEndPoint();
            session.frames(null, List.of(again), Callback.from(endPoint::shutdownOutput));
        }
    }

    private synchronized void remember(int stream) {
        if (reset.size() == REMEMBERED) {
            reset.removeFirst();
        }
        reset.addLast(stream);
    }

    /** Each DATA frame as it leaves; a piece of a body may be several, by the client's windows. */
    @Override
    public void onDataSending(Stream stream, int length) {
        super.onDataSending(stream, length);
        synchronized (this) {
            updates = Math.min(MOST_UPDATES, updates + UPDATES_PER_DATA);
            budget.earn(FrameBudget.DATA_SENT);
        }
    }

    private synchronized void earn(int gain) {
        budget.earn(gain);
    }
}
