package dev.adit.jetty;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.util.Callback;

/**
 * Looks at the frames of one client's HTTP/2 connection for what Jetty lets pass: DATA on a stream that the client has ended
 * (RFC 9113 section 5.1), and floods of WINDOW_UPDATE. Jetty itself limits how many frames of other kinds come that move no
 * request.
 */
final class FrameWatch implements HTTP2Session.FrameListener {
    private static final int KEPT = 256;
    /** A client may answer each piece of an answer by updates of two windows, in two steps. */
    private static final int UPDATES_PER_DATA = 4;

    private static final int MOST_UPDATES = 100_000;

    private int lastStream;
    // Guarded by this.
    private final Deque<Integer> reset = new ArrayDeque<>();
    private int updates;

    @Override
    public void onIncomingFrame(Session session, Frame frame) {
        HTTP2Session known = (HTTP2Session) session;
        if (frame instanceof HeadersFrame head) {
            lastStream = Math.max(lastStream, head.getStreamId());
        } else if (frame instanceof DataFrame data) {
            refuseIfEnded(known, data.getStreamId());
        } else if (frame instanceof WindowUpdateFrame && !isEarned() && !known.getParser().rateControlOnEvent(frame)) {
            known.onConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "window_updates");
        }
    }

    /** Data may have been under way when we reset their stream: only other ended streams tell of a mistake. */
    private void refuseIfEnded(HTTP2Session session, int stream) {
        boolean ours;
        synchronized (this) {
            ours = reset.contains(stream);
        }
        if (!ours && stream <= lastStream && session.getStream(stream) == null) {
            session.frames(
                    null, List.of(new ResetFrame(stream, ErrorCode.STREAM_CLOSED_ERROR.code)), Callback.NOOP);
        }
    }

    private synchronized boolean isEarned() {
        if (updates == 0) {
            return false;
        }
        updates--;
        return true;
    }

    @Override
    public synchronized void onOutgoingFrame(Session session, Frame frame) {
        if (frame instanceof DataFrame) {
            updates = Math.min(MOST_UPDATES, updates + UPDATES_PER_DATA);
        } else if (frame instanceof ResetFrame end) {
            if (reset.size() == KEPT) {
                reset.removeFirst();
            }
            reset.addLast(end.getStreamId());
        }
    }
}
