package dev.adit.jetty;

import dev.adit.exchange.TransportLimits;
import java.io.EOFException;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.FailureFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;

/** Makes HTTP/2 connections of clients: Jetty's, with our limits, and strict where Jetty is lenient. */
final class Http2ConnectionFactory extends HTTP2ServerConnectionFactory {
    /** @param protocol as ALPN names it: h2, or h2c in clear text */
    Http2ConnectionFactory(HttpConfiguration configuration, String protocol, TransportLimits limits) {
        super(configuration, protocol);
        setMaxConcurrentStreams(limits.streams());
        setMaxHeaderBlockFragment(limits.headerBytes());
        // Of a body that does not come, or an answer that is not read.
        setStreamIdleTimeout(
                Math.min(limits.bodyRead().toMillis(), limits.send().toMillis()));
        // WebSocket over HTTP/2 (RFC 8441) is not offered.
        setConnectProtocolEnabled(false);
        setRateControlFactory(FrameWatch.others());
        setFlowControlStrategyFactory(FrameWatch::new);
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return new Requests(endPoint);
    }

    private final class Requests extends HTTPServerSessionListener {
        Requests(EndPoint endPoint) {
            super(endPoint);
        }

        @Override
        public void onAccept(Session session) {
            super.onAccept(session);
            HTTP2Session known = (HTTP2Session) session;
            ((FrameWatch) known.getFlowControlStrategy()).watch(known, this::reset);
        }

        /** A malformed head ends its stream (RFC 9113 section 8.1.1); Jetty would answer it and leave it at that. */
        @Override
        public void onStreamFailure(Stream stream, Throwable failure, Callback callback) {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.PROTOCOL_ERROR.code), callback);
        }

        /** Trailers that do not end their stream are malformed; Jetty would end the connection some time. */
        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            if (frame.isEndStream()) {
                super.onHeaders(stream, frame);
            } else {
                stream.reset(new ResetFrame(stream.getId(), ErrorCode.PROTOCOL_ERROR.code), Callback.NOOP);
            }
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            ResetOnce.mark(stream);
            super.onReset(stream, frame, callback);
            ResetOnce.tell(stream, new EOFException("the client reset the stream"));
        }

        @Override
        public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
            if (failure instanceof HpackException.StreamException) {
                // Of trailers, for which Jetty resets nothing.
                stream.reset(new ResetFrame(stream.getId(), ErrorCode.PROTOCOL_ERROR.code), Callback.NOOP);
            }
            super.onFailure(stream, error, reason, failure, callback);
            ResetOnce.tell(stream, failure);
        }

        /** We reset it: Jetty does so to a stream that breaks a rule without telling who serves it. */
        private void reset(HTTP2Stream stream, ResetFrame frame) {
            ResetOnce.mark(stream);
            if (!stream.isClosed()) {
                EOFException cause = new EOFException("the stream was reset");
                stream.process(new FailureFrame(frame.getError(), "reset", cause), Callback.NOOP);
            }
        }
    }
}
