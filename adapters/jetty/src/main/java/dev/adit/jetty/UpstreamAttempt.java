package dev.adit.jetty;

import dev.adit.exchange.Forward;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.exchange.UpstreamFailure.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpRequestException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one endpoint: sends the request with Jetty's client, and reports to its driver what came of it.
 *
 * <pre>
 *                       connection                     final head
 *   CONNECTING --+----------------------&gt; SENDING ---------------------&gt; ANSWERED --+--&gt; over
 *                | time to connect is up     | failure                      |       | failure: the content's reader hears
 *                | failure                   |                              | 101: over with the connection taken out
 *                +----------&gt; failed &lt;-------+
 * </pre>
 *
 * Jetty calls from any thread, one at a time for the answer.
 */
final class UpstreamAttempt implements Response.Listener {
    /** More interim answers than any honest upstream sends. */
    private static final int MAX_INTERIM = 32;

    private final ExchangeDriver driver;
    private final UpstreamClient client;
    private final Forward forward;
    private final UpstreamRequest request;
    private final HttpDestination destination;
    private final ClientBody.@Nullable View body;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean begun;
    private volatile boolean committed;
    private volatile boolean reused;
    private volatile boolean answered;
    private volatile boolean late;
    private volatile boolean given;
    /** Not of the pool: closed afterwards. */
    private volatile @Nullable Connection fresh;

    private volatile Scheduler.@Nullable Task deadline;
    private final AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>();
    private volatile @Nullable ResponsePump content;
    private int interims;

    UpstreamAttempt(ExchangeDriver driver, UpstreamClient client, Forward forward, @Nullable ClientBody body) {
        this.driver = driver;
        this.client = client;
        this.forward = forward;
        this.destination = client.destination(forward.endpoint(), forward.protocol());
        FieldHeaders headers = driver.requestHead().headers();
        this.request = new UpstreamRequest(client, this::interim, headers);
        forward.writeHead(request);
        request.version(forward.protocol().isHttp2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
        request.idleTimeout(forward.timeouts().read().toMillis(), TimeUnit.MILLISECONDS);
        request.onRequestBegin(sent -> begun());
        request.onRequestCommit(sent -> committed());
        this.body = body == null ? null : body.view();
        if (body != null) {
            request.body(this.body);
            if (body.length() < 0) {
                // Makes Jetty send chunks whatever the method is.
                request.trailersSupplier(body::trailers);
                String trailer = headers.get("Trailer");
                if (trailer != null) {
                    request.addHeader(new HttpField(HttpHeader.TRAILER, trailer));
                }
            }
        }
    }

    void send() {
        if (forward.freshConnection()) {
            destination.newConnection(Promise.from(this::connected, this::connectFailed));
        } else {
            destination.send(request, this);
        }
        if (!ready() && !over.get()) {
            deadline = client.getScheduler()
                    .schedule(this::connectTimeout, forward.timeouts().connect().toMillis(), TimeUnit.MILLISECONDS);
            if (ready() || over.get()) {
                cancelDeadline();
            }
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

    private void connectFailed(Throwable cause) {
        if (over.compareAndSet(false, true)) {
            cancelDeadline();
            driver.upstreamFailed(this, failure(cause));
        }
    }

    /** Whether the connection stands, as far as Jetty tells: TLS is known to be done when the head is gone. */
    private boolean ready() {
        return committed || begun && (reused || !forward.protocol().isSecure());
    }

    private void begun() {
        Connection connection = request.getConnection();
        reused = connection != null
                && destination.getConnectionPool() instanceof UpstreamPool pool
                && pool.hasServed(connection);
        begun = true;
        if (ready()) {
            cancelDeadline();
        }
    }

    private void committed() {
        committed = true;
        cancelDeadline();
    }

    private void cancelDeadline() {
        Scheduler.Task task = deadline;
        if (task != null) {
            task.cancel();
        }
    }

    private void connectTimeout() {
        if (ready() || over.get()) {
            return;
        }
        late = true;
        SocketTimeoutException cause = new SocketTimeoutException("no connection in time");
        if (forward.freshConnection() && fresh == null) {
            connectFailed(cause);
        } else {
            request.abort(cause);
        }
    }

    /** An interim answer came. */
    void interim(UpstreamResponseHead head) {
        if (++interims > MAX_INTERIM) {
            request.abort(new HttpResponseException("too many interim answers", null));
        } else {
            driver.interim(this, head);
        }
    }

    @Override
    public void onContentSource(Response response, Content.Source source) {
        HttpFields fields = response.getHeaders();
        if (isOdd(response.getVersion(), fields)) {
            request.abort(
                    new HttpResponseException("an answer of the wrong version, or coded in a version without", null));
            return;
        }
        answered = true;
        boolean counted = fields.contains(HttpHeader.CONTENT_LENGTH)
                && !request.getMethod().equals("HEAD");
        ResponsePump pump =
                new ResponsePump(source, this::whenFree, counted ? fields.getLongField(HttpHeader.CONTENT_LENGTH) : -1);
        content = pump;
        pump.prefetch();
        driver.upstreamHead(this, response, pump);
    }

    /** What Jetty's parser lets through and must not be: it could be read in two ways. */
    private boolean isOdd(HttpVersion version, HttpFields fields) {
        boolean old = version == HttpVersion.HTTP_1_0;
        boolean expected = request.getVersion() == HttpVersion.HTTP_2
                ? version == HttpVersion.HTTP_2
                : old || version == HttpVersion.HTTP_1_1;
        return !expected || old && fields.contains(HttpHeader.TRANSFER_ENCODING);
    }

    @Override
    public void onComplete(Result result) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        cancelDeadline();
        boolean switched = result.getResponse().getStatus() == 101 && answered && result.isSucceeded();
        runWaiting();
        ResponsePump pump = content;
        Connection own = fresh;
        if (own != null && !switched) {
            own.close();
        }
        if (switched) {
            switched();
        } else if (result.isFailed() && !answered) {
            driver.upstreamFailed(this, failure(result.getFailure()));
        } else if (result.isFailed() && pump != null) {
            pump.broken(result.getFailure());
        }
    }

    /** Runs {@code task} when the answer was read and Jetty is done with it; at once if it still takes body. */
    private void whenFree(Runnable task) {
        waiting.set(task);
        if (!driver.bodyRead() || over.get()) {
            runWaiting();
        }
    }

    private void runWaiting() {
        Runnable task = waiting.getAndSet(null);
        if (task != null) {
            task.run();
        }
    }

    /** Jetty has let go of the connection. */
    private void switched() {
        EndPoint endPoint =
                Objects.requireNonNull((EndPoint) request.getConversation().getAttribute(EndPoint.class.getName()));
        if (given) {
            endPoint.close();
        } else {
            driver.upstreamSwitched(this, endPoint);
        }
    }

    /** Sends no more of the body, and waits for the rest of the answer. */
    void stopBody() {
        if (body != null) {
            body.mute();
        }
    }

    /** Ends the attempt if it is under way. Its driver hears no more of it. */
    void giveUp() {
        given = true;
        if (body != null) {
            body.detach();
        }
        if (!over.get()) {
            request.abort(new EOFException("given up"));
            if (forward.freshConnection() && fresh == null) {
                over.set(true);
                cancelDeadline();
            }
        }
    }

    private UpstreamFailure failure(Throwable cause) {
        boolean handshake = cause instanceof SSLException && !committed;
        boolean replayable = !driver.bodyTaken();
        String detail = Objects.toString(cause.getMessage(), cause.toString());
        if (!begun || late || handshake) {
            boolean slow = late || cause instanceof SocketTimeoutException || cause instanceof TimeoutException;
            Kind kind = slow ? Kind.CONNECT_TIMEOUT : Kind.CONNECT;
            return new UpstreamFailure(kind, false, false, replayable, detail);
        }
        return new UpstreamFailure(kind(cause), true, reused, replayable, detail);
    }

    static Kind kind(Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
            return Kind.TIMEOUT;
        }
        if (cause instanceof HttpResponseException || cause instanceof HttpException) {
            return Kind.BAD_RESPONSE;
        }
        return cause instanceof IOException || cause instanceof HttpRequestException ? Kind.CLOSED : Kind.BAD_RESPONSE;
    }
}
