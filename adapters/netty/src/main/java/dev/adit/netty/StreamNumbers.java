package dev.adit.netty;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Holds a client to the numbers of its streams (RFC 9113 sections 5.1 and 5.1.1), where Netty takes a number that was
 * skipped and a stream that has ended for the same.
 *
 * <pre>
 *   HEADERS on a stream that    is open, and the client may send          fine
 *                               is open, but the client has ended it      STREAM_CLOSED for the stream
 *                               we reset: the client may not know yet     left to Netty, which says so again
 *                               has ended                                 STREAM_CLOSED for the connection
 *                               never was, and others are above it        PROTOCOL_ERROR for the connection
 * </pre>
 */
final class StreamNumbers extends Http2ConnectionAdapter {
    private final Http2Connection connection;
    /** All numbers of clients below it were used. */
    private int unbroken = 1;
    /**
     * Streams that we reset, the last ones: as many as the client may believe to be open. What it sends on older ones it
     * sends knowingly, for it could not have opened others since.
     */
    private final int[] reset;

    private int resets;

    /** @param streams that the client may have open at once */
    StreamNumbers(Http2Connection connection, int streams) {
        this.connection = connection;
        this.reset = new int[streams];
        connection.addListener(this);
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        if (stream.id() == unbroken) {
            unbroken += 2;
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        if (stream.isResetSent()) {
            reset[resets % reset.length] = stream.id();
            resets++;
        }
    }

    /** Call when HEADERS have arrived, before they are acted on. */
    void headers(int id) throws Http2Exception {
        Http2Stream stream = connection.stream(id);
        if (stream != null) {
            if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE && !stream.isResetSent()) {
                throw Http2Exception.streamError(id, Http2Error.STREAM_CLOSED, "HEADERS after the end of the stream");
            }
        } else if (connection.streamMayHaveExisted(id) && !wasReset(id)) {
            throw id < unbroken
                    ? Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS on a stream that has ended")
                    : Http2Exception.connectionError(
                            Http2Error.PROTOCOL_ERROR, "a number below that of another stream");
        }
    }

    private boolean wasReset(int id) {
        for (int i = Math.min(resets, reset.length) - 1; i >= 0; i--) {
            if (reset[i] == id) {
                return true;
            }
        }
        return false;
    }
}
