package dev.adit.undertow;

import dev.adit.exchange.Await;
import dev.adit.exchange.Consult;
import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Mirrored;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.Step;
import dev.adit.exchange.StepHandler;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.KeptBody;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;

/**
 * Performs the steps of one exchange: stands between Undertow's exchange object and the upstream connection of the moment.
 *
 * <pre>
 *                        kept connection
 *            Forward ┌────────────────────┐
 *  start ──▶ step ───┤                    ├─▶ SENDING ──head──▶ step ── Relay ──▶ RELAYING ──end──▶ answered
 *             ▲ │    └─ connect ──────────┘      │               │ │                 │
 *             │ │          │ failed              │ failed        │ │ upgraded        │ failed: the client sees
 *             └─┼──────────┴─────────────────────┘               │ ▼                 ▼ a torn answer
 *               │      (Forward: next attempt)                   │ Tunnel           over
 *               └─ Reply ──────────▶ REPLYING ◀──────── Reply ───┘
 *                                       └──end──▶ answered
 *
 *  answered: the exchange is closed; what is left of the request's body is thrown away, for a while; then over
 *
 *  request body:  client ══Pump══▶ upstream          answer body:  upstream ══Pump══▶ client
 * </pre>
 *
 * Whatever happens, the exchange is closed once: when the client has the last byte, when either side is gone, or when the
 * gateway ends. Confined to its loop's thread.
 */
final class ExchangeDriver
        implements StepHandler, SubRequest.Listener, UpstreamConnector.Listener, Loop.Member, Runnable {
    private static final System.Logger LOG = System.getLogger(ExchangeDriver.class.getName());

    private final ClientLink link;
    private final Loop loop;
    private final ClientSide client;
    private final Exchange exchange;

    private @Nullable Forward forward;
    private @Nullable UpstreamAttempt upstream;
    /** What was taken of the request's body; null before the first attempt. */
    private @Nullable KeptBody kept;
    /** Copies that wait for the end of the body. */
    private List<Mirrored> copies = List.of();
    /** The sub-request that the exchange waits for, or null. */
    private @Nullable SubRequest asking;

    private @Nullable ResponseHead response;
    private @Nullable Pump answer;
    private final Patience answerPatience = new Patience();
    private final Patience lingering = new Patience();
    private boolean responding;
    private boolean answered;
    private boolean ended;
    private boolean over;

    ExchangeDriver(ClientLink link, HttpServerExchange request) {
        this.link = link;
        this.loop = link.loop;
        this.client = new ClientSide(request, loop, this::clientGone);
        this.exchange = loop.gateway.open(link.connection, client.head());
    }

    /** Starts; call when Undertow's handlers have returned. */
    @Override
    public void run() {
        loop.add(this);
        link.started(this);
        if (!client.isOpen()) {
            clientGone();
            return;
        }
        try {
            client.watch();
            exchange.start().perform(this);
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    /** A defect of ours costs this request and nothing else. */
    private void defect(RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a request failed because of a defect", e);
        if (responding) {
            giveUpUpstream();
            abort(Outcome.CANCELLED);
        } else {
            reply(new Reply(500, "internal-error", List.of(), "", true));
        }
    }

    // Steps

    @Override
    public void forward(Forward step) {
        giveUpUpstream();
        forward = step;
        loop.open(step, step.freshConnection(), this);
    }

    @Override
    public void connected(UpstreamConnection connection) {
        if (ended) {
            loop.keep(connection);
            return;
        }
        try {
            send(connection);
        } catch (RuntimeException e) {
            connection.close();
            defect(e);
        }
    }

    @Override
    public void connectFailed(UpstreamFailure.Kind kind, String detail) {
        if (!ended) {
            failed(new UpstreamFailure(kind, false, false, kept == null || kept.whole(), detail));
        }
    }

    @Override
    public boolean isWaiting() {
        return !ended;
    }

    private void send(UpstreamConnection connection) {
        Forward step = Objects.requireNonNull(forward);
        KeptBody body = kept == null ? new KeptBody(step.replayLimit()) : kept;
        kept = body;
        UpstreamAttempt attempt = new UpstreamAttempt(this, loop, client, connection, step, body);
        upstream = attempt;
        List<Mirrored> wanted = step.mirrors();
        if (!wanted.isEmpty()) {
            copies = loop.mirrors.sendHeads(wanted, client);
        }
        attempt.send(step);
    }

    @Override
    public void consult(Consult step) {
        giveUpUpstream();
        asking = new SubRequest(loop, step, null, step.answerLimit(), this);
        asking.start(step.freshConnection());
    }

    @Override
    public void answered(ConsultAnswer said) {
        asking = null;
        perform(() -> exchange.consulted(said));
    }

    @Override
    public void consultFailed(UpstreamFailure failure) {
        asking = null;
        perform(() -> exchange.consultFailed(failure));
    }

    @Override
    public void await(Await await) {
        giveUpUpstream();
        await.begin(() -> loop.ioThread.execute(this::awaited));
        loop.ioThread.executeAfter(this::awaited, await.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void awaited() {
        if (!ended) {
            perform(exchange::awaited);
        }
    }

    private void perform(Supplier<@Nullable Step> next) {
        try {
            Step step = next.get();
            if (step != null) {
                step.perform(this);
            }
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    @Override
    public void relay(Relay relay) {
        responding = true;
        if (relay.upgraded()) {
            tunnel(relay);
            return;
        }
        if (copies.isEmpty()) {
            forgetBody();
        }
        UpstreamAttempt attempt = Objects.requireNonNull(upstream);
        ResponseHead head = Objects.requireNonNull(response);
        int status = head.status();
        // A refusal does not wait for the rest of the body; a success may depend on it.
        boolean last = status >= 300 && !attempt.requestSent();
        if (last) {
            attempt.stopBody();
        }
        StreamSinkChannel sink = client.relay(relay, head, last);
        boolean chunked = head.headers().get("Transfer-Encoding") != null;
        answer = new Pump(attempt.answerBody(), sink, loop.buffers, new Answering()).chunked(chunked);
        answer.start();
    }

    @Override
    public void reply(Reply reply) {
        giveUpUpstream();
        responding = true;
        byte[] bytes = reply.bytes();
        client.skipBody();
        answer = new Pump(ByteBuffer.wrap(bytes), client.reply(reply, bytes.length), loop.buffers, new Answering());
        answer.start();
    }

    private void tunnel(Relay relay) {
        UpstreamAttempt attempt = Objects.requireNonNull(upstream);
        StreamConnection peer;
        try {
            peer = attempt.upgraded();
        } catch (IOException e) {
            torn();
            return;
        }
        upstream = null;
        client.upgrade(relay, (channel, request) -> {
            if (over) {
                IoUtils.safeClose(channel, peer);
            } else {
                over = true;
                link.ended(this);
                new Tunnel(loop, channel, peer, this).start();
                loop.remove(this);
            }
        });
    }

    /** The answer on its way to the client. */
    private final class Answering implements Pump.Listener {
        @Override
        public void sourceEnded() {
            UpstreamAttempt attempt = upstream;
            if (attempt != null) {
                HeaderMap trailers;
                try {
                    trailers = attempt.answerTrailers();
                } catch (BadMessageException e) {
                    torn();
                    return;
                }
                if (trailers != null) {
                    client.exchange().putAttachment(HttpAttachments.RESPONSE_TRAILERS, trailers);
                }
                upstream = null;
                attempt.answered();
            }
        }

        @Override
        public void pumped() {
            answered();
        }

        @Override
        public void sourceFailed(IOException cause) {
            torn();
        }

        @Override
        public void sinkFailed(IOException cause) {
            giveUpUpstream();
            abort(Outcome.CLIENT_ABORTED);
        }
    }

    /** The client has the whole answer. */
    private void answered() {
        answered = true;
        end(Outcome.COMPLETED);
        if (client.bodyRead()) {
            leave();
        } else {
            client.discardBody(this::leave);
        }
    }

    // From the upstream

    /** An answer before the answer. */
    void interim(ResponseHead head) {
        if (!responding) {
            client.interim(exchange.interim(head));
        }
    }

    /** The answer's head is there. */
    void head(ResponseHead head) {
        response = head;
        boolean replayable = Objects.requireNonNull(kept).whole();
        perform(() -> exchange.upstreamHead(head, replayable));
    }

    /** The connection is closed; its answer was not complete. */
    void upstreamFailed(UpstreamFailure failure) {
        upstream = null;
        if (ended) {
            return;
        }
        if (responding) {
            torn();
        } else {
            failed(failure);
        }
    }

    private void failed(UpstreamFailure failure) {
        perform(() -> exchange.upstreamFailed(failure));
    }

    /** The answer broke off after its head. */
    void torn() {
        giveUpUpstream();
        abort(Outcome.UPSTREAM_ABORTED);
    }

    private void giveUpUpstream() {
        if (upstream != null) {
            upstream.giveUp();
            upstream = null;
        }
        if (asking != null) {
            asking.cancel();
            asking = null;
        }
    }

    // From the client

    /** Whether so many more bytes of the client's body may pass. */
    boolean takesBody(int bytes) {
        return exchange.takesBody(bytes);
    }

    /** The client's body is complete. */
    void bodyEnded() {
        loop.mirrors.sendWhole(copies, Objects.requireNonNull(kept));
        copies = List.of();
    }

    /** The request will not be sent again. */
    private void forgetBody() {
        copies = List.of();
        if (kept != null) {
            kept.forget();
        }
    }

    /** The request has left for the upstream. */
    void requestSent() {
        client.watch();
    }

    /** The client broke off its request, or it is not HTTP. */
    void clientBroken(IOException cause) {
        int status = cause instanceof BadMessageException bad ? bad.status() : 0;
        if (status == 413 && !responding) {
            reply(exchange.bodyTooLong());
        } else {
            refuse(status, "bad-body");
        }
    }

    /** The rest of the request does not come. */
    void clientSlow() {
        refuse(408, "request-timeout");
    }

    private void refuse(int status, String reason) {
        giveUpUpstream();
        if (responding || status == 0) {
            abort(Outcome.CLIENT_ABORTED);
        } else {
            end(Outcome.CLIENT_ABORTED);
            reply(new Reply(status, reason, List.of(), "", true));
        }
    }

    /** The client's connection is closed, or the stream of this request. */
    void clientGone() {
        if (!over) {
            giveUpUpstream();
            end(Outcome.CLIENT_ABORTED);
            leave();
        }
    }

    // Ending

    private void abort(Outcome outcome) {
        end(outcome);
        client.abort();
        leave();
    }

    /** Closes the exchange; every call but the first does nothing. */
    void end(Outcome outcome) {
        if (!ended) {
            ended = true;
            forgetBody();
            exchange.close(outcome);
        }
    }

    private void leave() {
        if (!over) {
            over = true;
            if (answer != null) {
                answer.stop();
            }
            link.ended(this);
            client.left(answered);
            loop.remove(this);
            if (loop.draining()) {
                link.drain();
            }
        }
    }

    @Override
    public void tick(long now) {
        UpstreamAttempt attempt = upstream;
        if (answered) {
            if (lingering.exceeded(loop.limits.linger(), now)) {
                client.stopBody();
                leave();
            }
            return;
        }
        if (client.isReset()) {
            clientGone();
            return;
        }
        if (attempt != null) {
            attempt.tick(now);
        }
        if (asking != null) {
            asking.tick(now);
        }
        Pump sending = answer;
        if (over || sending == null || sending.isStopped()) {
            return;
        }
        if (answerPatience.exceeded(sending, Pump.Wait.SINK, loop.limits.send(), now)) {
            giveUpUpstream();
            abort(Outcome.CLIENT_ABORTED);
        } else if (forward != null
                && answerPatience.exceeded(
                        sending, Pump.Wait.SOURCE, forward.timeouts().read(), now)) {
            torn();
        }
    }

    @Override
    public void closeNow() {
        giveUpUpstream();
        abort(Outcome.CANCELLED);
    }
}
