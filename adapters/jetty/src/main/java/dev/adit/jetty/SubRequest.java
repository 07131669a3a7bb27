package dev.adit.jetty;

import dev.adit.exchange.Consult;
import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Step;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A small request beside a client's own: the exchange asks somebody. Where the answer's body is not wanted, its head is
 * reported at once, and the body thrown away. Reports once, from any thread, and not at all after {@link #cancel}.
 */
final class SubRequest implements Response.Listener {
    /** Hears how it went. */
    @FunctionalInterface
    interface Listener {
        /** It is over; {@code next} tells the exchange how it went. */
        void over(SubRequest from, Function<Exchange, Step> next);
    }

    /** So much of a body that nobody wants is read to keep its connection. */
    private static final int DISCARDED = 64 * 1024;

    private final Consult consult;
    private final Listener listener;
    private final HttpDestination destination;
    private final UpstreamRequest request;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private final AtomicBoolean over = new AtomicBoolean();
    private int discarded;
    private volatile boolean begun;
    private volatile boolean reused;
    /** Not of the pool: closed afterwards. */
    private volatile @Nullable Connection fresh;

    SubRequest(UpstreamClient client, Consult consult, FieldHeaders source, Listener listener) {
        this.consult = consult;
        this.listener = listener;
        this.destination = client.destination(consult.endpoint(), consult.protocol());
        this.request = new UpstreamRequest(client, interim -> {}, source);
        consult.writeHead(request);
        request.version(consult.protocol().isHttp2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
        long read = consult.timeouts().read().toMillis();
        request.idleTimeout(read, TimeUnit.MILLISECONDS);
        request.timeout(consult.timeouts().connect().toMillis() + read, TimeUnit.MILLISECONDS);
        request.onRequestBegin(sent -> begun());
    }

    void send() {
        if (consult.freshConnection()) {
            destination.newConnection(Promise.from(this::connected, this::failed));
        } else {
            destination.send(request, this);
        }
    }

    private void connected(Connection connection) {
        fresh = connection;
        if (over.get()) {
            connection.close();
        } else {
            connection.send(request, this);
        }
    }

    private void begun() {
        Connection connection = request.getConnection();
        reused = connection != null
                && destination.getConnectionPool() instanceof UpstreamPool pool
                && pool.hasServed(connection);
        begun = true;
    }

    @Override
    public void onHeaders(Response response) {
        if (response.getStatus() == 101) {
            request.abort(new HttpResponseException("a switch of protocols that nobody asked for", response));
        } else if (consult.answerLimit() == 0) {
            answered(response);
        }
    }

    @Override
    public void onContent(Response response, ByteBuffer content) {
        if (consult.answerLimit() == 0) {
            discarded += content.remaining();
            if (discarded > DISCARDED) {
                request.abort(new EOFException("nobody wants the rest"));
            }
        } else if (content.remaining() > consult.answerLimit() - body.size()) {
            request.abort(new HttpResponseException("the answer is too long", response));
        } else {
            body.writeBytes(BufferUtil.toArray(content));
        }
    }

    @Override
    public void onComplete(Result result) {
        Connection own = fresh;
        if (own != null) {
            own.close();
        }
        if (result.isSucceeded()) {
            answered(result.getResponse());
        } else {
            failed(Objects.requireNonNull(result.getFailure()));
        }
    }

    private void answered(Response response) {
        if (over.compareAndSet(false, true)) {
            FieldHeaders headers = new FieldHeaders(HttpFields.build(response.getHeaders()));
            ConsultAnswer answer = new ConsultAnswer(response.getStatus(), headers, body.toByteArray());
            listener.over(this, exchange -> exchange.consulted(answer));
        }
    }

    private void failed(Throwable cause) {
        if (over.compareAndSet(false, true)) {
            String detail = Objects.toString(cause.getMessage(), cause.toString());
            Kind kind = begun ? UpstreamAttempt.kind(cause) : Kind.CONNECT;
            UpstreamFailure failure = new UpstreamFailure(kind, begun, reused, true, detail);
            listener.over(this, exchange -> exchange.consultFailed(failure));
        }
    }

    /** Gives everything up. */
    void cancel() {
        if (over.compareAndSet(false, true)) {
            request.abort(new EOFException("given up"));
        }
    }
}
