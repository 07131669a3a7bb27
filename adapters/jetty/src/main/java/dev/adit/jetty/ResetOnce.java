package dev.adit.jetty;

import java.util.function.Consumer;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;

/**
 * A request's HTTP/2 stream that Jetty does not reset when it fails because it was reset: by its client, who is not to be
 * answered so (RFC 9113 section 5.4.2), or by Jetty, with a code that says more; and that is reset without an error if the
 * client has its answer.
 */
final class ResetOnce extends HttpStream.Wrapper {
    private static final String RESET = ResetOnce.class.getName();
    private static final String LISTENER = RESET + ".listener";

    private final HTTP2Session session;

    private ResetOnce(HttpStream stream, HTTP2Session session) {
        super(stream);
        this.session = session;
    }

    /** Has it take care of the stream of {@code request}, if it has one. */
    static void wrap(Request request) {
        if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection) {
            request.addHttpStreamWrapper(stream -> new ResetOnce(stream, connection.getSession()));
        }
    }

    /**
     * Has {@code listener} hear of the end of the stream of {@code request}, if it has one, before its time. Jetty would
     * tell of it, too, but not if it has just been told of data by a connection that then failed.
     */
    static void listen(Request request, Consumer<Throwable> listener) {
        if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection) {
            HTTP2Stream stream = connection.getSession().getStream(Integer.parseInt(request.getId()));
            if (stream != null) {
                stream.setAttribute(LISTENER, listener);
            }
        }
    }

    /** The stream ended before its time. */
    static void tell(Stream stream, Throwable cause) {
        if (stream.getAttribute(LISTENER) instanceof Consumer<?> listener) {
            @SuppressWarnings("unchecked") // set above
            Consumer<Throwable> heard = (Consumer<Throwable>) listener;
            heard.accept(cause);
        }
    }

    /** The stream was reset, or is about to be. */
    static void mark(Stream stream) {
        stream.setAttribute(RESET, true);
    }

    /** Jetty would cancel what the client still sends, as if there were no answer. */
    @Override
    public void succeeded() {
        HTTP2Stream stream = session.getStream(Integer.parseInt(getId()));
        if (stream != null && stream.isLocallyClosed()) {
            failed(CONTENT_NOT_CONSUMED);
        } else {
            super.succeeded();
        }
    }

    @Override
    public void failed(Throwable cause) {
        HTTP2Stream stream = session.getStream(Integer.parseInt(getId()));
        if (stream != null && !stream.isClosed() && stream.getAttribute(RESET) == null) {
            // Who has the whole answer is only to send no more (RFC 9113 section 8.1).
            super.failed(stream.isLocallyClosed() ? CONTENT_NOT_CONSUMED : cause);
        }
    }
}
