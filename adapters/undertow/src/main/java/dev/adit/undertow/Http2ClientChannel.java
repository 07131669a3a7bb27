package dev.adit.undertow;

import dev.adit.exchange.Relay;
import dev.adit.exchange.ResponseSink;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.FrameBudget;
import io.undertow.UndertowLogger;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.AbstractHttp2StreamSourceChannel;
import io.undertow.protocols.http2.ConnectionErrorException;
import io.undertow.protocols.http2.HpackException;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2HeadersStreamSinkChannel;
import io.undertow.protocols.http2.Http2RstStreamStreamSourceChannel;
import io.undertow.protocols.http2.Http2SettingsStreamSourceChannel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.framed.FrameHeaderData;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A client's HTTP/2 connection: Undertow's, held to limits that Undertow only announces, with windows that suit a body, and
 * telling whoever serves a stream when that stream is reset. Confined to its IO thread.
 */
final class Http2ClientChannel extends Http2Channel implements Http2Guard.Streams {
    /** What a client may send on one stream before it was passed on. */
    static final int STREAM_WINDOW = 256 << 10;
    /** What a client may send on all streams before it was passed on, which is what one connection can have us hold. */
    static final int CONNECTION_WINDOW = 1 << 20;

    private static final int FIRST_WINDOW = 65_535;
    /** An update of a window by less is hardly worth its frame. */
    private static final int SMALL_UPDATE = 1024;

    private static final AttachmentKey<Http2ClientChannel> SELF = AttachmentKey.create(Http2ClientChannel.class);

    private final Http2Guard guard;
    private final BetweenFrames sink;
    private final TransportLimits limits;
    /** Who serves a stream, by its number. */
    private final Map<Integer, Runnable> served = new HashMap<>();

    private int latest;
    private boolean begun;
    private boolean draining;
    /** Whether no more streams will be opened. */
    private boolean leaving;

    Http2ClientChannel(StreamConnection connection, ByteBufferPool buffers, OptionMap options, TransportLimits limits) {
        super(connection, null, buffers, null, false, false, options);
        this.limits = limits;
        guard = new Http2Guard(connection.getSourceChannel().getConduit(), this);
        connection.getSourceChannel().setConduit(guard);
        sink = new BetweenFrames(connection.getSinkChannel().getConduit());
        connection.getSinkChannel().setConduit(sink);
        putAttachment(SELF, this);
    }

    /** What {@code connection}, of one request, is a stream of, if of such a one. */
    static @Nullable Http2ClientChannel of(ServerConnection connection) {
        return connection.getAttachment(SELF);
    }

    /** The number of the stream that was opened last: Undertow asks for it as it makes a request of the stream. */
    @Override
    public String getProtocolRequestId() {
        return Integer.toString(latest);
    }

    /**
     * Somebody serves the stream that {@code exchange} is on.
     *
     * @param gone runs when it is reset by whomever, maybe more than once
     * @return its number
     */
    int serve(HttpServerExchange exchange, Runnable gone) {
        int stream = number(exchange);
        served.put(stream, gone);
        return stream;
    }

    /** A stream is served no more. */
    void served(int stream, boolean answered) {
        served.remove(stream);
        if (answered) {
            guard.budget.earn(FrameBudget.STREAM_ANSWERED);
        }
        giveBack(guard.closed(stream));
        if (leaving && served.isEmpty()) {
            sendGoAway(ERROR_NO_ERROR);
        }
    }

    /** Counts what is read of a request's body. */
    void watchBody(HttpServerExchange exchange) {
        int stream = number(exchange);
        exchange.addExchangeCompleteListener((completed, next) -> {
            giveBack(guard.closed(stream));
            next.proceed();
        });
        exchange.addRequestWrapper((factory, wrapped) -> new GuardConduit(factory.create()) {
            @Override
            public int read(ByteBuffer to) throws IOException {
                int read = next.read(to);
                if (read > 0) {
                    guard.taken(stream, read);
                }
                return read;
            }
        });
    }

    /** Has the client send no more of a request that was answered (RFC 9113 section 8.1): nobody would hold it to an end. */
    static void stop(HttpServerExchange exchange) {
        @Nullable Http2ClientChannel streams = of(exchange.getConnection());
        if (streams == null) {
            IoUtils.safeClose(exchange.getConnection());
        } else {
            streams.sendRstStream(number(exchange), ERROR_NO_ERROR);
        }
    }

    /** Counts what is written of an answer's body: who receives it may say so. */
    void watchAnswer(HttpServerExchange exchange) {
        exchange.addResponseWrapper((factory, wrapped) ->
                new AbstractStreamSinkConduit<StreamSinkConduit>(factory.create()) {
                    @Override
                    public int write(ByteBuffer bytes) throws IOException {
                        int written = next.write(bytes);
                        if (written > 0) {
                            guard.budget.earn(FrameBudget.DATA_SENT * (1 + (written >> 14)));
                        }
                        return written;
                    }
                });
    }

    private static int number(HttpServerExchange exchange) {
        return Integer.parseInt(((Http2ServerConnection) exchange.getConnection()).getProtocolRequestId());
    }

    /** Says that no more streams are served, and ends the connection when those are over that are. */
    void drain() {
        if (served.isEmpty()) {
            sendGoAway(ERROR_NO_ERROR);
        } else if (!draining) {
            draining = true;
            leaving = true;
            sink.add(goAway(guard.lastStream()));
            flush();
            if (!getUnderlyingConnection().getSinkChannel().isWriteResumed()) {
                getUnderlyingConnection().getSinkChannel().wakeupWrites();
            }
        }
    }

    /** RFC 9113 section 6.8, without an error. */
    private static ByteBuffer goAway(int lastStream) {
        return ByteBuffer.allocate(17)
                .putInt(8 << 8 | 7)
                .put((byte) 0)
                .putInt(0)
                .putInt(lastStream)
                .putInt(ERROR_NO_ERROR)
                .flip();
    }

    /** Sends the head of an answer before the answer. */
    void interim(int stream, Relay relay) {
        HeaderMap head = new HeaderMap();
        relay.writeHead(new ResponseSink() {
            @Override
            public void start(int status) {
                head.put(STATUS, status);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                HeaderView.add(head, name, value);
            }
        });
        try {
            new Http2HeadersStreamSinkChannel(this, stream, head).flush();
        } catch (IOException e) {
            IoUtils.safeClose(this);
        }
    }

    // What comes

    @Override
    protected @Nullable FrameHeaderData parseFrame(ByteBuffer data) throws IOException {
        try {
            return super.parseFrame(data);
        } catch (ConnectionErrorException e) {
            // Undertow has this of one of its rules for HPACK (RFC 7541 section 4.2), and of rules for messages.
            throw e.getCause() instanceof HpackException cause && cause.getMessage() == null
                    ? new ConnectionErrorException(ERROR_COMPRESSION_ERROR, cause)
                    : e;
        }
    }

    @Override
    protected @Nullable AbstractHttp2StreamSourceChannel createChannelImpl(FrameHeaderData head, PooledByteBuffer data)
            throws IOException {
        AbstractHttp2StreamSourceChannel frame = super.createChannelImpl(head, data);
        if (frame instanceof Http2StreamSourceChannel request) {
            return admits(request) ? request : null;
        }
        if (frame instanceof Http2RstStreamStreamSourceChannel reset) {
            resetByClient(reset.getStreamId());
        } else if (frame instanceof Http2SettingsStreamSourceChannel && !begun) {
            begun = true;
            sendUpdateWindowSize(0, CONNECTION_WINDOW - FIRST_WINDOW);
        }
        return frame;
    }

    private boolean admits(Http2StreamSourceChannel request) {
        latest = request.getStreamId();
        // From the first frame on: the client need not have read our settings to be held to them.
        if (draining || served.size() >= limits.streams()) {
            sendRstStream(latest, ERROR_REFUSED_STREAM);
            return false;
        }
        HeaderMap fields = request.getHeaders();
        if (fields.count(AUTHORITY) > 1) {
            sendRstStream(latest, ERROR_PROTOCOL_ERROR);
            return false;
        }
        settleAuthority(fields);
        return true;
    }

    /**
     * Host may stand for the authority, and must not differ from it (RFC 9113 section 8.3.1). Undertow overwrites it: what has
     * two hosts is handed on as if it had none.
     */
    private static void settleAuthority(HeaderMap fields) {
        HeaderValues hosts = fields.get(Headers.HOST);
        if (hosts == null) {
            return;
        }
        String authority = fields.getFirst(AUTHORITY);
        String host = hosts.getFirst();
        if (hosts.size() > 1 || authority != null && !authority.equalsIgnoreCase(host)) {
            fields.remove(AUTHORITY);
        } else if (authority == null) {
            fields.put(AUTHORITY, host);
        }
    }

    private void resetByClient(int stream) {
        Runnable gone = served.get(stream);
        if (gone != null) {
            guard.budget.spend(FrameBudget.STREAM_WASTED);
            gone.run();
        } else {
            guard.budget.spend(FrameBudget.FRAME);
        }
        giveBack(guard.closed(stream));
    }

    @Override
    public void handleWindowUpdate(int stream, int octets) throws IOException {
        if (octets < SMALL_UPDATE) {
            guard.budget.spend(FrameBudget.FRAME);
        }
        super.handleWindowUpdate(stream, octets);
    }

    @Override
    public void unread(int octets) throws IOException {
        updateReceiveFlowControlWindow(octets);
    }

    @Override
    public void afterEnd(int stream) {
        sendRstStream(stream, ERROR_STREAM_CLOSED);
    }

    @Override
    public void clientLeaves() {
        // What it asked for before is still read: the connection ends with its last answer, or as an idle one.
        leaving = true;
    }

    // What goes

    @Override
    public void sendRstStream(int stream, int code) {
        if (code != ERROR_CANCEL) {
            guard.budget.spend(code == ERROR_REFUSED_STREAM ? FrameBudget.FRAME : FrameBudget.STREAM_WASTED);
        }
        super.sendRstStream(stream, code);
        guard.resetByUs(stream);
        giveBack(guard.closed(stream));
        Runnable gone = served.get(stream);
        if (gone != null) {
            gone.run();
        }
    }

    /** Lets the client send what nobody took, on other streams. */
    private void giveBack(int octets) {
        try {
            updateReceiveFlowControlWindow(octets);
        } catch (IOException e) {
            UndertowLogger.REQUEST_IO_LOGGER.ioException(e);
            IoUtils.safeClose(this);
        }
    }
}
