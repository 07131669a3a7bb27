package dev.adit.jetty;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.HeadRules;
import dev.adit.wire.MessageLimits;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.Content.Chunk;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

/**
 * A request that Jetty's server has read: a stream of an HTTP/2 connection, or a request in somebody's own server. Jetty
 * frames its answer.
 */
final class ServedRequest implements ClientSide, Content.Source {
    private final Engine engine;
    private final SerializedInvoker events = new SerializedInvoker(ServedRequest.class);
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final ServedRequestHead head;
    private final Framing framing;
    private CompletableFuture<Void> interims = CompletableFuture.completedFuture(null);
    private volatile HttpFields trailers = HttpFields.EMPTY;
    private volatile boolean writing;
    private volatile boolean awaited;
    /** Of the body: read to see whether there is one. */
    private @Nullable Chunk first;

    private volatile @Nullable Throwable failure;

    /** @throws BadMessageException if where the request's body ends has two readings */
    ServedRequest(Engine engine, Request request, Response response, Callback callback) throws BadMessageException {
        this.engine = engine;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.head = new ServedRequestHead(request);
        ResetOnce.wrap(request);
        HeadRules.check(head, request.getHttpURI().getScheme(), MessageLimits.of(engine.limits));
        this.framing = readFraming();
    }

    private Framing readFraming() throws BadMessageException {
        if (!isHttp2()) {
            return Framing.ofRequest(head);
        }
        Chunk chunk = request.read();
        boolean ended = chunk != null
                && chunk.isLast()
                && !chunk.hasRemaining()
                && !Chunk.isFailure(chunk)
                && !(chunk instanceof Trailers);
        first = chunk;
        Framing found = Framing.ofStream(head.headers(), head.method(), ended);
        if (ended && !found.isBodiless()) {
            throw new BadMessageException("a length of a body that does not follow");
        }
        return found;
    }

    private boolean isHttp2() {
        return head.version() == HttpVersion.HTTP_2;
    }

    /** Has {@code driver} hear of a client that goes away, or does not move. */
    void listenFor(ExchangeDriver driver) {
        // Waiting for an upstream is not idling; its own time is up first or the route allows more.
        request.addIdleTimeoutListener(timeout -> {
            if (writing) {
                driver.clientBroke(timeout);
            } else if (awaited) {
                driver.clientBroke(new BadMessageException(408, "the body stopped coming"));
            }
            return false;
        });
        request.addFailureListener(driver::clientBroke);
        ResetOnce.listen(request, driver::clientBroke);
    }

    @Override
    public SerializedInvoker events() {
        return events;
    }

    // The request

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Framing framing() {
        return framing;
    }

    @Override
    public Content.Source body() {
        return this;
    }

    @Override
    public @Nullable Chunk read() {
        if (failure != null) {
            return Chunk.from(failure, true);
        }
        awaited = false;
        Chunk chunk = first;
        first = null;
        if (chunk == null) {
            chunk = request.read();
        }
        return chunk instanceof Trailers last ? passing(last) : chunk;
    }

    private Chunk passing(Trailers last) {
        FieldHeaders fields = new FieldHeaders(last.getTrailers());
        try {
            HeadRules.checkFields(fields, MessageLimits.of(engine.limits));
        } catch (BadMessageException e) {
            failure = e;
            return Chunk.from(e, true);
        }
        HttpFields passing = FieldHeaders.passing(fields);
        return passing.size() == 0 ? Chunk.EOF : new Trailers(passing);
    }

    @Override
    public void demand(Runnable action) {
        awaited = true;
        request.demand(action);
    }

    @Override
    public void fail(Throwable cause) {
        failure = cause;
        request.fail(cause);
    }

    // The answer

    @Override
    public void interim(Relay relay) {
        if (head.version() == HttpVersion.HTTP_1_0) {
            return;
        }
        HttpFields.Mutable fields = HttpFields.build();
        ResponseWriter writer = new ResponseWriter(fields);
        relay.writeHead(writer);
        interims = interims.thenCompose(done -> response.writeInterim(writer.status(), fields));
    }

    @Override
    public void relay(Relay relay, Framing upstream, ResponseHead from) {
        ResponseWriter writer = new ResponseWriter(response.getHeaders());
        relay.writeHead(writer);
        response.setStatus(writer.status());
        if (upstream.kind() == Framing.Kind.LENGTH) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, upstream.length());
        } else if (upstream.kind() != Framing.Kind.NONE) {
            String trailer = from.headers().get("Trailer");
            if (trailer != null && head.version() != HttpVersion.HTTP_1_0) {
                response.getHeaders().add(HttpHeader.TRAILER, trailer);
            }
            response.setTrailersSupplier(() -> trailers);
        } else if (!response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
            // Keeps Jetty from counting a body of an answer to HEAD that is not there.
            response.setTrailersSupplier(() -> HttpFields.EMPTY);
        }
        closeIfDraining();
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, @Nullable HttpFields more, Callback written) {
        if (more != null) {
            trailers = more;
        }
        writing = true;
        Callback counted = Callback.from(
                InvocationType.NON_BLOCKING,
                () -> {
                    writing = false;
                    written.succeeded();
                },
                written::failed);
        interims.whenComplete((done, failed) -> {
            if (last && isHttp2() && response.getStatus() == HttpStatus.NO_CONTENT_204) {
                writeNoContent(counted);
            } else {
                response.write(last, bytes, counted);
            }
        });
    }

    /** Jetty gives a head that ends its stream a length, which this one must not have (RFC 9110 section 8.6). */
    private void writeNoContent(Callback written) {
        response.write(
                false,
                BufferUtil.EMPTY_BUFFER,
                Callback.from(
                        InvocationType.NON_BLOCKING,
                        () -> response.write(true, BufferUtil.EMPTY_BUFFER, written),
                        written::failed));
    }

    @Override
    public void reply(Reply reply, Callback written) {
        HttpFields.Mutable fields = response.getHeaders();
        ResponseWriter writer = new ResponseWriter(fields);
        reply.headers().forEach(field -> writer.field(field.getKey(), field.getValue()));
        response.setStatus(reply.status());
        byte[] bytes = reply.bytes();
        if (!Framing.isBodiless(reply.status())) {
            fields.put(HttpHeader.CONTENT_LENGTH, bytes.length);
        }
        if (reply.close()) {
            lastOne();
        }
        closeIfDraining();
        boolean bodiless = head.method().equals("HEAD");
        write(true, bodiless ? BufferUtil.EMPTY_BUFFER : ByteBuffer.wrap(bytes), null, written);
    }

    private void closeIfDraining() {
        if (engine.isDraining()) {
            lastOne();
        }
    }

    @Override
    public void lastOne() {
        if (!isHttp2()) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
    }

    // The end

    @Override
    public void over(@Nullable ClientBody rest) {
        // Jetty reads what is there, and ends the stream or the connection if that is not all.
        callback.succeeded();
    }

    @Override
    public void abort(Throwable cause, boolean responding) {
        if (responding && head.version() == HttpVersion.HTTP_1_0) {
            // The end of the connection would look like that of the body.
            Clients.resetOnClose(endPoint());
        }
        if (engine.isStopping()) {
            callback.failed(new HttpException.RuntimeException(503, cause));
        } else if (cause instanceof BadMessageException bad) {
            callback.failed(new HttpException.RuntimeException(bad.status(), cause));
        } else if (cause instanceof TimeoutException) {
            callback.failed(new HttpException.RuntimeException(408, cause));
        } else if (cause instanceof EOFException && !(cause instanceof HttpException) && !isHttp2()) {
            // Nobody is there to read an answer.
            endPoint().close(cause);
            callback.failed(cause);
        } else {
            callback.failed(cause);
        }
    }

    @Override
    public EndPoint endPoint() {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    @Override
    public void upgrade(Relay relay, Connection next, Runnable failed) {
        ResponseWriter writer = new ResponseWriter(response.getHeaders());
        relay.writeHead(writer);
        response.setStatus(writer.status());
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, next);
        response.write(
                true,
                BufferUtil.EMPTY_BUFFER,
                Callback.from(InvocationType.NON_BLOCKING, callback::succeeded, cause -> {
                    failed.run();
                    callback.failed(cause);
                }));
    }
}
