package dev.adit.jetty;

import dev.adit.Gateway;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Consult;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.Step;
import dev.adit.exchange.StepHandler;
import dev.adit.exchange.UpstreamFailure;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps of one exchange: stands between Jetty's request and response and the attempt of the moment.
 *
 * <pre>
 *  start --&gt; Forward --&gt; attempt --head--&gt; Relay --&gt; pump --last byte written--&gt; answered --&gt; linger --&gt; done
 *              ^            | failed         |          | upstream broke, client broke
 *              +------------+                |          +--&gt; torn --&gt; done
 *              |                             +-- 101, connection taken out of Jetty's client --&gt; tunnel
 *              +--&gt; Reply --written--&gt; answered
 * </pre>
 *
 * Jetty calls from any thread; here events take turns, so that the exchange sees one at a time. Whatever happens, the
 * exchange is closed once, and the request is completed once.
 */
final class ExchangeDriver implements StepHandler, ResponsePump.Listener {
    private static final System.Logger LOG = System.getLogger(ExchangeDriver.class.getName());

    private final SerializedInvoker events = new SerializedInvoker(ExchangeDriver.class);
    private final UpstreamClient client;
    private final JettyLimits limits;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final ClientRequestHead head;
    private final Exchange exchange;

    private volatile @Nullable ClientBody body;
    private boolean bodySought;
    private @Nullable UpstreamAttempt attempt;
    /** The sub-request that the exchange waits for, or null. */
    private @Nullable SubRequest asking;

    private @Nullable UpstreamResponseHead answer;
    private org.eclipse.jetty.client.@Nullable Response upstreamResponse;
    private @Nullable ResponsePump content;
    private @Nullable Relay upgrade;
    private CompletableFuture<Void> interims = CompletableFuture.completedFuture(null);
    /** Whether the client was told that this is the last answer. */
    private boolean closing;

    private volatile @Nullable ClientWatch watching;
    private boolean ended;

    ExchangeDriver(
            Gateway gateway,
            UpstreamClient client,
            JettyLimits limits,
            ClientConnection connection,
            Request request,
            Response response,
            Callback callback) {
        this.client = client;
        this.limits = limits;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.head = new ClientRequestHead(request);
        this.exchange = gateway.open(connection, head);
    }

    void start() {
        // Waiting for an upstream is not idling; its own time is up first or the route allows more.
        request.addIdleTimeoutListener(timeout -> false);
        request.addFailureListener(cause -> events.run(() -> clientFailed(cause)));
        events.run(() -> perform(exchange::start));
    }

    private void perform(Supplier<Step> next) {
        if (ended) {
            return;
        }
        try {
            next.get().perform(this);
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    /** A defect of ours costs this request and nothing else. */
    private void defect(RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a request failed because of a defect", e);
        end(Outcome.CANCELLED);
        fail(e);
    }

    // Steps

    @Override
    public void consult(Consult consult) {
        giveUpUpstream();
        asking = new SubRequest(client, consult, head.headers(), this::consulted);
        asking.send();
    }

    private void consulted(SubRequest from, Function<Exchange, Step> next) {
        events.run(() -> {
            if (from == asking) {
                asking = null;
                perform(() -> next.apply(exchange));
            }
        });
    }

    @Override
    public void forward(Forward forward) {
        giveUpUpstream();
        unread();
        UpstreamAttempt next = new UpstreamAttempt(this, client, forward, body);
        attempt = next;
        next.send();
    }

    @Override
    public void relay(Relay relay) {
        if (relay.upgraded()) {
            upgrade = relay;
            unwatch();
            discardContent();
            return;
        }
        UpstreamResponseHead from = Objects.requireNonNull(answer);
        ResponsePump pump = Objects.requireNonNull(content);
        content = null;
        writeHead(relay, from);
        frame(from);
        if (!bodyRead() && from.status() >= 300) {
            // A refusal does not wait for the rest of the body; a success may depend on it.
            Objects.requireNonNull(attempt).stopBody();
            closeConnection();
        }
        interims.whenComplete((done, failure) -> pump.start(response, this));
    }

    private void writeHead(Relay relay, UpstreamResponseHead from) {
        ResponseWriter writer = new ResponseWriter(response.getHeaders(), from.headers());
        relay.writeHead(writer);
        response.setStatus(writer.status());
        closeIfStopping();
    }

    /** Declares a counted body, or makes Jetty declare chunks where the client knows them. */
    private void frame(UpstreamResponseHead from) {
        boolean headOnly = head.method().equals("HEAD") || from.status() == 204 || from.status() == 304;
        HttpField length = from.fields().getField(HttpHeader.CONTENT_LENGTH);
        if (length == null) {
            String trailer = from.fields().get(HttpHeader.TRAILER);
            if (trailer != null && head.version() != HttpVersion.HTTP_1_0) {
                response.getHeaders().add(HttpHeader.TRAILER, trailer);
            }
            // Also keeps Jetty from counting a body of an answer to HEAD that is not there.
            response.setTrailersSupplier(this::upstreamTrailers);
        } else if (!headOnly) {
            response.getHeaders().put(length);
        }
    }

    private HttpFields upstreamTrailers() {
        return FieldHeaders.passing(Objects.requireNonNull(upstreamResponse).getTrailers());
    }

    @Override
    public void reply(Reply reply) {
        giveUpUpstream();
        HttpFields.Mutable fields = response.getHeaders();
        ResponseWriter writer = new ResponseWriter(fields, null);
        reply.headers().forEach(field -> writer.field(field.getKey(), field.getValue()));
        response.setStatus(reply.status());
        byte[] bytes = reply.bytes();
        if (reply.status() != 204 && reply.status() != 304) {
            fields.put(HttpHeader.CONTENT_LENGTH, bytes.length);
        }
        closeIfStopping();
        ClientBody rest = unread();
        if (reply.close() || rest != null && !rest.discardAvailable()) {
            closeConnection();
        }
        ending();
        boolean bodyless = head.method().equals("HEAD");
        Callback written = Callback.from(InvocationType.NON_BLOCKING, this::relayed, this::clientBroke);
        Runnable write =
                () -> response.write(true, bodyless ? BufferUtil.EMPTY_BUFFER : ByteBuffer.wrap(bytes), written);
        interims.whenComplete((done, failure) -> write.run());
    }

    private void closeIfStopping() {
        if (stopping()) {
            closeConnection();
        }
    }

    private void closeConnection() {
        if (head.version() != HttpVersion.HTTP_2) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
            closing = true;
        }
    }

    // From the upstream

    ClientRequestHead requestHead() {
        return head;
    }

    boolean bodyTaken() {
        return body != null && body.taken();
    }

    /** Whether nothing more of the body is to come. */
    boolean bodyRead() {
        ClientBody sent = body;
        return sent == null || sent.ended();
    }

    void interim(UpstreamAttempt from, UpstreamResponseHead interim) {
        events.run(() -> {
            // 100 is between us and the upstream: the client's Expect is answered where its body is read.
            if (from != attempt || ended || interim.status() == 100 || head.version() == HttpVersion.HTTP_1_0) {
                return;
            }
            HttpFields.Mutable fields = HttpFields.build();
            exchange.interim(interim).writeHead(new ResponseWriter(fields, interim.headers()));
            interims = interims.thenCompose(done -> response.writeInterim(interim.status(), fields));
        });
    }

    void upstreamHead(UpstreamAttempt from, org.eclipse.jetty.client.Response received, ResponsePump pump) {
        UpstreamResponseHead known = new UpstreamResponseHead(received.getStatus(), received.getHeaders());
        events.run(() -> {
            if (from != attempt || ended) {
                pump.discard();
                return;
            }
            answer = known;
            upstreamResponse = received;
            content = pump;
            perform(() -> exchange.upstreamHead(known, !bodyTaken()));
        });
    }

    void upstreamFailed(UpstreamAttempt from, UpstreamFailure failure) {
        events.run(() -> {
            if (from != attempt || ended) {
                return;
            }
            Throwable cause = clientFault(failure.kind() == UpstreamFailure.Kind.TIMEOUT);
            if (cause == null) {
                perform(() -> exchange.upstreamFailed(failure));
            } else {
                clientFailed(cause);
            }
        });
    }

    /** What the client did to make an attempt fail, or null. */
    private @Nullable Throwable clientFault(boolean timeout) {
        ClientBody sent = body;
        if (sent == null || sent.failure() != null) {
            return sent == null ? null : sent.failure();
        }
        return timeout && sent.awaited() ? new HttpException.RuntimeException(408, "no body in time") : null;
    }

    /** The upstream's connection is ours. */
    void upstreamSwitched(UpstreamAttempt from, EndPoint upstream) {
        events.run(() -> {
            Relay relay = upgrade;
            if (from != attempt || ended || relay == null) {
                upstream.close();
            } else {
                openTunnel(relay, upstream);
            }
        });
    }

    private void openTunnel(Relay relay, EndPoint upstream) {
        EndPoint clientEnd = request.getConnectionMetaData().getConnection().getEndPoint();
        Tunnel tunnel = new Tunnel(
                clientEnd,
                upstream,
                client.getExecutor(),
                client.getByteBufferPool(),
                () -> events.run(this::tunnelEnded));
        tunnel.idle(limits.tunnelIdle());
        writeHead(relay, Objects.requireNonNull(answer));
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, tunnel.clientSide());
        response.write(
                true, BufferUtil.EMPTY_BUFFER, Callback.from(InvocationType.NON_BLOCKING, this::complete, cause -> {
                    tunnel.finish();
                    fail(cause);
                }));
    }

    private void tunnelEnded() {
        close(stopping() ? Outcome.CANCELLED : Outcome.COMPLETED);
    }

    // From the pump

    /** A client may go as soon as it has its answer, and that is no abort. */
    @Override
    public void ending() {
        unwatch();
    }

    @Override
    public void relayed() {
        events.run(() -> {
            if (close(Outcome.COMPLETED)) {
                giveUpUpstream();
                linger();
            }
        });
    }

    @Override
    public void upstreamBroke(Throwable cause) {
        events.run(() -> {
            Throwable fault = clientFault(cause instanceof TimeoutException);
            if (fault != null) {
                clientFailed(fault);
            } else if (end(Outcome.UPSTREAM_ABORTED)) {
                OldClient.resetOnClose(request, head.version());
                fail(new HttpException.RuntimeException(502, cause));
            }
        });
    }

    @Override
    public void clientBroke(Throwable cause) {
        events.run(() -> clientFailed(cause));
    }

    private void clientFailed(Throwable cause) {
        if (end(stopping() ? Outcome.CANCELLED : Outcome.CLIENT_ABORTED)) {
            fail(cause);
        }
    }

    /** The body if the client may still have some to send, or null. */
    private @Nullable ClientBody unread() {
        if (!bodySought) {
            bodySought = true;
            body = ClientBody.of(request, head.version(), () -> events.run(this::watch));
            if (body == null) {
                watch();
            }
        }
        return body == null || body.ended() ? null : body;
    }

    /** Lets a client that is still sending read its answer: to close with its bytes unread would take that away. */
    private void linger() {
        ClientBody rest = head.version() == HttpVersion.HTTP_2 ? null : unread();
        if (rest == null) {
            complete();
            return;
        }
        if (closing) {
            request.getConnectionMetaData().getConnection().getEndPoint().shutdownOutput();
        }
        AtomicBoolean once = new AtomicBoolean();
        Runnable done = () -> {
            if (once.compareAndSet(false, true)) {
                complete();
            }
        };
        Scheduler.Task deadline =
                client.getScheduler().schedule(done, limits.linger().toMillis(), TimeUnit.MILLISECONDS);
        rest.discard(() -> {
            deadline.cancel();
            done.run();
        });
    }

    // Ends

    private boolean end(Outcome outcome) {
        boolean first = close(outcome);
        if (first) {
            giveUpUpstream();
        }
        return first;
    }

    private boolean close(Outcome outcome) {
        if (ended) {
            return false;
        }
        ended = true;
        unwatch();
        exchange.close(outcome);
        return true;
    }

    private void complete() {
        unwatch();
        callback.succeeded();
    }

    private void fail(Throwable cause) {
        unwatch();
        if (stopping()) {
            callback.failed(new HttpException.RuntimeException(503, cause));
        } else if (cause instanceof EOFException
                && !(cause instanceof HttpException)
                && head.version() != HttpVersion.HTTP_2) {
            // Nobody is there to read an answer.
            request.getConnectionMetaData().getConnection().getEndPoint().close(cause);
            callback.failed(cause);
        } else if (cause instanceof TimeoutException) {
            callback.failed(new HttpException.RuntimeException(408, cause));
        } else {
            callback.failed(cause);
        }
    }

    private boolean stopping() {
        return request.getConnectionMetaData().getConnector().getServer().isStopping();
    }

    /** Has the client watched while there is nothing to read from it. */
    private void watch() {
        if (head.version() != HttpVersion.HTTP_2 && !ended && upgrade == null) {
            ClientWatch watch = ClientWatch.of(
                    request.getConnectionMetaData().getConnection().getEndPoint());
            if (watch != null) {
                watching = watch;
                watch.start(() -> clientBroke(new EofException("the client is gone")));
            }
        }
    }

    private void unwatch() {
        ClientWatch watch = watching;
        watching = null;
        if (watch != null) {
            watch.stop();
        }
    }

    private void giveUpUpstream() {
        UpstreamAttempt open = attempt;
        attempt = null;
        if (open != null) {
            open.giveUp();
        }
        if (asking != null) {
            asking.cancel();
            asking = null;
        }
        discardContent();
    }

    private void discardContent() {
        ResponsePump unread = content;
        content = null;
        if (unread != null) {
            unread.discard();
        }
    }
}
