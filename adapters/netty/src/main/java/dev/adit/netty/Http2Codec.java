package dev.adit.netty;

import dev.adit.wire.FrameBudget;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.AsciiString;

/**
 * Netty's codec of one HTTP/2 connection, with our limits: what a peer may ask of us is charged to a {@link FrameBudget},
 * small CONTINUATION frames are counted by Netty, and closing the channel closes it at once.
 */
final class Http2Codec extends Http2ConnectionHandler {
    /** Requests that may be under way at once on a connection to an upstream. */
    static final int MAX_STREAMS = 100;
    /** What a peer may send on a new stream before we have passed it on, in bytes: what RFC 9113 begins with. */
    static final int STREAM_WINDOW = 65_535;
    /** How far the window of a stream may grow, in bytes: enough for 10 MiB/s if the peer is 0.1 s away. */
    static final int MAX_STREAM_WINDOW = 16 * STREAM_WINDOW;
    /** What all windows of a connection may grow by, in bytes. */
    static final int LOAN = 4 * MAX_STREAM_WINDOW;

    private static final int MAX_SMALL_CONTINUATIONS = 16;

    private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");
    private static final AsciiString COOKIE = AsciiString.cached("cookie");

    private final Loop loop;
    private final int streams;

    private Http2Codec(
            Loop loop,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            int streams) {
        super(decoder, encoder, settings, true);
        this.loop = loop;
        this.streams = streams;
    }

    /** The codec of a client's connection. */
    static Http2Codec server(Loop loop, FrameBudget budget, Http2FrameListener listener) {
        Http2Settings settings = Http2Settings.defaultSettings()
                .maxConcurrentStreams(loop.limits.streams())
                .connectProtocolEnabled(true)
                .maxHeaderListSize(loop.limits.headerBytes());
        return codec(true, settings, loop, budget, listener, Http2HeadersEncoder.NEVER_SENSITIVE);
    }

    /** The codec of a connection to an upstream, which many clients share. */
    static Http2Codec client(Loop loop, FrameBudget budget, Http2FrameListener listener) {
        Http2Settings settings = Http2Settings.defaultSettings()
                .maxConcurrentStreams(0)
                .pushEnabled(false)
                .maxHeaderListSize(loop.limits.headerBytes());
        // RFC 7541 section 7.1: what one client keeps secret must not become guessable by another.
        return codec(
                false,
                settings,
                loop,
                budget,
                listener,
                (name, value) -> AUTHORIZATION.contentEquals(name) || COOKIE.contentEquals(name));
    }

    private static Http2Codec codec(
            boolean server,
            Http2Settings settings,
            Loop loop,
            FrameBudget budget,
            Http2FrameListener listener,
            Http2HeadersEncoder.SensitivityDetector secrets) {
        int streams = loop.limits.streams();
        Http2Connection connection = new DefaultHttp2Connection(server, 0);
        // Priorities are deprecated (RFC 9113 section 5.3), and keeping their tree takes time for every stream.
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, new CompactFrameWriter(secrets));
        Http2FrameReader reader = new MeteredFrameReader(
                new DefaultHttp2FrameReader(
                        new DefaultHttp2HeadersDecoder(true, loop.limits.headerBytes()), MAX_SMALL_CONTINUATIONS),
                budget,
                server ? new StreamNumbers(connection, streams) : null);
        DefaultHttp2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection, encoder, reader, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, true, true);
        decoder.frameListener(listener);
        if (server) {
            // From the first frame on: the peer need not have read our settings to be held to them.
            connection.remote().maxActiveStreams(streams);
        }
        Http2Codec codec = new Http2Codec(loop, decoder, encoder, settings, server ? streams : MAX_STREAMS);
        codec.gracefulShutdownTimeoutMillis(loop.limits.linger().toMillis());
        return codec;
    }

    /**
     * Lets the peer fill the windows of all streams, grown or not: no stream can use up what the others need. So much is the
     * most that a connection makes us hold. Call when in place.
     */
    void openConnectionWindow() throws Http2Exception {
        long more = Math.min((streams - 1L) * STREAM_WINDOW + LOAN, Integer.MAX_VALUE - STREAM_WINDOW);
        decoder().flowController().incrementWindowSize(connection().connectionStream(), (int) more);
    }

    /** Netty would answer without a date. */
    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        loop.http2Heads.start(431);
        loop.http2Heads.date();
        encoder().writeHeaders(ctx, stream.id(), loop.http2Heads.end(), 0, true, ctx.newPromise());
    }
}
