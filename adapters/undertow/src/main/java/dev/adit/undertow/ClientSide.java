package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.ResponseSink;
import dev.adit.wire.Framing;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.ConnectionUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.channels.Channels;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/** The client's half of an exchange: what Undertow's exchange object needs to be told, in the order it needs it. */
final class ClientSide {
    /** The largest number of bytes of a body that nobody wants that are read in one go. */
    static final int SKIPPED = 256 << 10;

    private final HttpServerExchange exchange;
    private final Loop loop;
    private final Runnable gone;
    private final RequestHead head;
    private final boolean hasBody;
    /** The connection that the request is a stream of; null where Undertow made it, or of HTTP/1. */
    private final @Nullable Http2ClientChannel streams;

    private final int stream;
    private @Nullable StreamSourceChannel body;

    /** @param gone runs when the client resets the stream of this exchange, maybe more than once */
    ClientSide(HttpServerExchange exchange, Loop loop, Runnable gone) {
        this.gone = gone;
        this.exchange = exchange;
        this.loop = loop;
        this.head = RequestView.of(exchange);
        this.hasBody = !exchange.isRequestComplete();
        this.streams = http1() ? null : Http2ClientChannel.of(exchange.getConnection());
        this.stream = streams == null ? 0 : streams.serve(exchange, gone);
    }

    RequestHead head() {
        return head;
    }

    HttpServerExchange exchange() {
        return exchange;
    }

    /** Nothing more is done for the request. */
    void left(boolean answered) {
        if (streams != null) {
            streams.served(stream, answered);
        }
    }

    private boolean http1() {
        return head.version() != HttpVersion.HTTP_2;
    }

    boolean isOpen() {
        return exchange.getConnection().isOpen();
    }

    // The request's body

    boolean hasBody() {
        return hasBody;
    }

    /** Whether the head speaks of a body, if only of an empty one. */
    boolean announcesBody() {
        return hasBody || head.headers().get("Content-Length") != null;
    }

    boolean bodyRead() {
        return exchange.isRequestComplete();
    }

    /** The request's body; the same channel for every attempt. */
    StreamSourceChannel body() {
        if (body == null) {
            body = exchange.getRequestChannel();
        }
        return Objects.requireNonNull(body);
    }

    /** Says how the body's end is found to whoever gets the body next. */
    void writeFraming(HeaderMap to) {
        String length = head.headers().get("Content-Length");
        if (length != null) {
            to.put(Headers.CONTENT_LENGTH, length);
        } else if (hasBody) {
            writeChunked(head.headers(), to);
        } else if (!http1() && Framing.expectsBody(head.method())) {
            to.put(Headers.CONTENT_LENGTH, 0);
        }
    }

    private static void writeChunked(dev.adit.exchange.Headers from, HeaderMap to) {
        to.put(Headers.TRANSFER_ENCODING, "chunked");
        for (String announced : from.all("Trailer")) {
            to.add(Headers.TRAILER, announced);
        }
    }

    /** Asks the client for the body, if it waits to be asked; {@code ready} runs on the IO thread once it has been. */
    void askForBody(Runnable ready) {
        if (!HttpContinue.requiresContinueResponse(exchange)) {
            ready.run();
            return;
        }
        HttpContinue.sendContinueResponse(exchange, new IoCallback() {
            @Override
            public void onComplete(HttpServerExchange done, io.undertow.io.Sender sender) {
                loop.ioThread.execute(ready);
            }

            @Override
            public void onException(HttpServerExchange done, io.undertow.io.Sender sender, IOException exception) {
                IoUtils.safeClose(exchange.getConnection());
            }
        });
    }

    /** Throws away what is here of a body that nobody wants. */
    void skipBody() {
        if (bodyRead() || HttpContinue.requiresContinueResponse(exchange)) {
            return;
        }
        try {
            skip(body());
        } catch (IOException e) {
            // The answer will be the last one: the body was not read to its end.
            body().suspendReads();
        }
    }

    // The answer

    /** Sends an answer before the answer, if the client knows of such. */
    void interim(Relay relay) {
        if (streams != null) {
            streams.interim(stream, relay);
            return;
        }
        if (head.version() != HttpVersion.HTTP_1_1
                || !(exchange.getConnection() instanceof HttpServerConnection connection)) {
            return;
        }
        StringBuilder text = new StringBuilder("HTTP/1.1 ");
        relay.writeHead(new ResponseSink() {
            @Override
            public void start(int status) {
                text.append(status).append(' ').append(reason(status)).append("\r\n");
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                text.append(name).append(": ").append(value).append("\r\n");
            }
        });
        ByteBuffer bytes = ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        try {
            StreamSinkConduit sink = connection.getOriginalSinkConduit();
            // Nothing of this exchange was written yet. A client that takes none of it does without; half of it is
            // worse.
            boolean begun = sink.write(bytes) > 0;
            sink.flush();
            if (begun && bytes.hasRemaining()) {
                IoUtils.safeClose(connection);
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection);
        }
    }

    private static String reason(int status) {
        return status == 103 ? "Early Hints" : status == 102 ? "Processing" : "";
    }

    /** Writes the head of an answer that came with the head {@code from}; {@code last} closes the connection after it. */
    StreamSinkChannel relay(Relay relay, ResponseHead from, boolean last) {
        writeHead(relay);
        HeaderMap headers = exchange.getResponseHeaders();
        String announced = headers.getFirst(Headers.CONTENT_LENGTH);
        String length = from.headers().get("Content-Length");
        if (Framing.isBodiless(exchange.getStatusCode())) {
            withoutBody(announced);
        } else if (length != null) {
            headers.put(Headers.CONTENT_LENGTH, length);
        } else if (head.version() == HttpVersion.HTTP_1_1) {
            // Never by the connection's end: a torn answer could not be told from a whole one.
            writeChunked(from.headers(), headers);
        }
        return open(last);
    }

    /**
     * Corrects what Undertow says of the body of an answer that has none: a 304 may have a length, and nothing a coding (RFC
     * 9110 section 8.6, RFC 9112 section 6.1).
     */
    private void withoutBody(@Nullable String length) {
        exchange.addResponseWrapper((factory, answered) -> {
            StreamSinkConduit conduit = factory.create();
            answered.getResponseHeaders().remove(Headers.TRANSFER_ENCODING);
            if (length != null) {
                answered.getResponseHeaders().put(Headers.CONTENT_LENGTH, length);
            }
            return conduit;
        });
    }

    private void writeHead(Relay relay) {
        HeaderMap headers = exchange.getResponseHeaders();
        relay.writeHead(new ResponseSink() {
            @Override
            public void start(int status) {
                exchange.setStatusCode(status);
            }

            @Override
            public void field(CharSequence name, CharSequence value) {
                HeaderView.add(headers, name, value);
            }
        });
    }

    StreamSinkChannel reply(Reply reply, int length) {
        HeaderMap headers = exchange.getResponseHeaders();
        exchange.setStatusCode(reply.status());
        for (Map.Entry<String, String> field : reply.headers()) {
            HeaderView.add(headers, field.getKey(), field.getValue());
        }
        headers.put(Headers.CONTENT_LENGTH, length);
        return open(reply.close() || !bodyRead());
    }

    private StreamSinkChannel open(boolean last) {
        HeaderMap headers = exchange.getResponseHeaders();
        boolean old = head.version() == HttpVersion.HTTP_1_0;
        if (last || loop.draining() || HeaderView.lists(head.headers(), "Connection", "close")) {
            exchange.setPersistent(false);
        }
        if (old) {
            // The version of an answer is its server's (RFC 9112 section 2.3). Without a length, its end is the
            // connection's.
            exchange.setProtocol(Protocols.HTTP_1_1);
            boolean endless =
                    !headers.contains(Headers.CONTENT_LENGTH) && !Framing.isBodiless(exchange.getStatusCode());
            exchange.setPersistent(
                    exchange.isPersistent() && !(endless && !head.method().equals("HEAD")));
        }
        if (http1() && !exchange.isPersistent()) {
            headers.put(Headers.CONNECTION, "close");
        } else if (old) {
            headers.put(Headers.CONNECTION, "keep-alive");
        }
        if (streams != null) {
            streams.watchAnswer(exchange);
        }
        return Objects.requireNonNull(exchange.getResponseChannel());
    }

    /** Switches protocols: sends the head, then hands out the connection, on the IO thread. */
    void upgrade(Relay relay, HttpUpgradeListener listener) {
        RequestGuard guard = RequestGuard.of(exchange);
        if (guard != null) {
            guard.pass();
        }
        exchange.upgradeChannel(listener);
        exchange.getResponseHeaders().clear();
        writeHead(relay);
        exchange.endExchange();
    }

    /** Answers a request that is not HTTP as we accept it, without a look at its body. */
    static void refuse(HttpServerExchange exchange, int status) {
        ServerConnection connection = exchange.getConnection();
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, 0);
        if (connection instanceof HttpServerConnection) {
            exchange.setPersistent(false).setProtocol(Protocols.HTTP_1_1);
            exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
        }
        StreamSinkChannel sink = Objects.requireNonNull(exchange.getResponseChannel());
        new Pump(ByteBuffer.allocate(0), sink, connection.getByteBufferPool(), new Pump.Listener() {
                    @Override
                    public void sourceEnded() {
                        // The head is all there is.
                    }

                    @Override
                    public void pumped() {
                        if (connection instanceof HttpServerConnection http1) {
                            ConnectionUtils.cleanClose(http1.getChannel(), http1);
                        } else if (!exchange.isRequestComplete()) {
                            Http2ClientChannel.stop(exchange);
                        }
                    }

                    @Override
                    public void sourceFailed(IOException cause) {
                        IoUtils.safeClose(connection);
                    }

                    @Override
                    public void sinkFailed(IOException cause) {
                        IoUtils.safeClose(connection);
                    }
                })
                .start();
    }

    // Ending

    /**
     * Throws away what is here of a body, but no more than {@link #SKIPPED}: a client that sends as fast as it is read must not keep the thread. Returns -1
     * at the end of the body, 0 if no more is here, else 1.
     */
    static int skip(StreamSourceChannel body) throws IOException {
        long left = SKIPPED;
        while (left > 0) {
            long drained = Channels.drain(body, left);
            if (drained <= 0) {
                return (int) drained;
            }
            left -= drained;
        }
        return 1;
    }

    /** Throws away what is left of the request's body; {@code done} runs when that was all. */
    void discardBody(Runnable done) {
        StreamSourceChannel rest = body();
        rest.getReadSetter().set(channel -> discard(rest, done));
        discard(rest, done);
    }

    private void discard(StreamSourceChannel rest, Runnable done) {
        try {
            long skipped = skip(rest);
            if (skipped < 0) {
                rest.suspendReads();
                done.run();
            } else if (skipped == 0) {
                rest.resumeReads();
            } else {
                rest.suspendReads();
                loop.ioThread.execute(() -> discard(rest, done));
            }
        } catch (IOException e) {
            rest.suspendReads();
            IoUtils.safeClose(exchange.getConnection());
            done.run();
        }
    }

    /** Takes no more of the body of a request that was answered. */
    void stopBody() {
        if (streams == null) {
            abort();
        } else {
            Http2ClientChannel.stop(exchange);
        }
    }

    /** Ends an answer that cannot be completed, so that the client can tell. */
    void abort() {
        boolean endsWithConnection = head.version() == HttpVersion.HTTP_1_0
                && !exchange.getResponseHeaders().contains(Headers.CONTENT_LENGTH);
        if (endsWithConnection && exchange.isResponseStarted()) {
            try {
                // Where the end of the connection would end the answer, only a reset says that this was not the end.
                exchange.getConnection().setOption(Options.CLOSE_ABORT, true);
            } catch (IOException e) {
                // Then it is closed already.
                IoUtils.safeClose(exchange.getConnection());
            }
        }
        IoUtils.safeClose(exchange.getConnection());
    }

    /** Whether the client has reset the stream of an exchange that is not answered yet. */
    boolean isReset() {
        return !http1() && !Connectors.getConduitSinkChannel(exchange).isOpen();
    }

    /**
     * Has the driver told when the client resets its stream, and the client's connection closed when the client closes it,
     * which Undertow would not notice before it answers. What the client sends early (its next request) is left where Undertow
     * looks for it.
     */
    void watch() {
        if (streams != null) {
            // It tells by itself.
            return;
        }
        if (!http1()) {
            Connectors.getConduitSinkChannel(exchange).setWriteListener(sink -> {
                if (isReset()) {
                    gone.run();
                }
            });
            return;
        }
        if (!(exchange.getConnection() instanceof HttpServerConnection connection)
                || !exchange.isRequestComplete()
                || connection.getExtraBytes() != null) {
            return;
        }
        StreamConnection channel = connection.getChannel();
        channel.getSourceChannel().setReadListener(source -> look(connection, source));
        connection.getOriginalSourceConduit().resumeReads();
    }

    private static void look(HttpServerConnection connection, ConduitStreamSourceChannel source) {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean free = true;
        try {
            boolean guarded = connection.getOriginalSourceConduit() instanceof RequestGuard;
            int read = connection.getOriginalSourceConduit() instanceof RequestGuard guard
                    ? guard.ahead()
                    : connection.getOriginalSourceConduit().read(pooled.getBuffer());
            if (read < 0) {
                IoUtils.safeClose(connection);
            } else if (read > 0 && guarded) {
                connection.getOriginalSourceConduit().suspendReads();
            } else if (read > 0) {
                connection.getOriginalSourceConduit().suspendReads();
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                free = false;
            }
        } catch (IOException e) {
            IoUtils.safeClose(connection);
        } finally {
            if (free) {
                pooled.close();
            }
        }
    }
}
