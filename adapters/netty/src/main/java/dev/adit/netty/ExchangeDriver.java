package dev.adit.netty;

import dev.adit.exchange.Await;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Consult;
import dev.adit.exchange.ConsultAnswer;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Mirrored;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.Step;
import dev.adit.exchange.StepHandler;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps of one exchange: stands between the client's handler and the upstream connection of the moment, and
 * keeps both to the same pace.
 *
 * <pre>
 *                        kept connection
 *            Forward ┌────────────────────┐
 *  start ──▶ step ───┤                    ├─▶ SENDING ──head──▶ step ── Relay ──▶ RELAYING ──end──▶ ended
 *             ▲ │    └─ connect ──────────┘      │               │ │                 │
 *             │ │          │ failed              │ failed        │ │ upgraded        │ failed: the client sees
 *             └─┼──────────┴─────────────────────┘               │ ▼                 ▼ a torn answer
 *               │      (Forward: next attempt)                   │ TUNNEL          ended
 *               └─ Reply ──▶ answered ──▶ ended ◀──── Reply ─────┘
 *
 *  request body:  client ──data──▶ upstream      waits while there is no connection, or it is not writable
 *  answer body:   upstream ──data──▶ client      waits while the client is not writable
 * </pre>
 *
 * Whatever happens, the exchange is closed once: when the client has the last byte, when either side is gone, or when
 * the gateway ends.
 */
final class ExchangeDriver
        implements StepHandler, Requester, SubRequest.Listener, UpstreamConnector.Listener, Readers.Sink {
    private static final System.Logger LOG = System.getLogger(ExchangeDriver.class.getName());

    private final ClientSide client;
    private final Loop loop;
    private final Exchange exchange;
    private final Framing framing;

    private @Nullable Forward forward;
    private @Nullable UpstreamSide upstream;
    private Framing responseFraming = Framing.NONE;
    private @Nullable Fields responseFields;
    private @Nullable ByteBuf afterHead;
    /** What left for an upstream of the request's body; null as long as nothing did. */
    private @Nullable KeptBody kept;

    private @Nullable Fields requestTrailers;
    /** Copies that wait for the end of the body. */
    private List<Mirrored> copies = List.of();
    /** The sub-request that the exchange waits for, or null. */
    private @Nullable SubRequest asking;

    private boolean requestSent;
    /** The upstream's answer makes the rest of the body pointless. */
    private boolean bodyUnwanted;
    /** The body is longer than its route allows. */
    private boolean bodyTooLong;

    private boolean responding;
    private boolean ended;

    ExchangeDriver(ClientSide client, Loop loop, ClientConnection connection, RequestHead request, Framing framing) {
        this.client = client;
        this.loop = loop;
        this.framing = framing;
        this.exchange = loop.gateway.open(connection, request);
    }

    void start() {
        try {
            exchange.start().perform(this);
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    /** A defect of ours costs this request and nothing else. */
    private void defect(RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a request failed because of a defect", e);
        giveUpUpstream();
        if (responding) {
            cancel(Outcome.CANCELLED);
            client.abort();
        } else {
            responding = true;
            client.reply(new Reply(500, "internal-error", List.of(), "", true));
        }
    }

    // Steps

    @Override
    public void forward(Forward forward) {
        giveUpUpstream();
        this.forward = forward;
        loop.open(forward, forward.freshConnection(), this);
    }

    @Override
    public void connected(UpstreamSide connection) {
        if (ended) {
            connection.spare();
            return;
        }
        try {
            send(connection, Objects.requireNonNull(forward));
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    @Override
    public void connectFailed(UpstreamFailure.Kind kind, String detail) {
        if (!ended) {
            attemptFailed(new UpstreamFailure(kind, false, false, replayable(), detail));
        }
    }

    @Override
    public boolean isWaiting() {
        return !ended;
    }

    private boolean replayable() {
        return kept == null || kept.whole();
    }

    private void send(UpstreamSide connection, Forward forward) {
        upstream = connection;
        connection.begin(this, forward, framing, client.requestFields());
        requestSent = client.requestRead();
        if (kept != null) {
            sendAgain(connection, kept);
        }
        mirror(forward);
        client.bodyWanted();
        requestFlush();
    }

    @Override
    public boolean headRequest() {
        return exchange.request().method().equals("HEAD");
    }

    private void sendAgain(UpstreamSide connection, KeptBody body) {
        if (body.size() > 0) {
            connection.write(body.again());
        }
        if (requestSent) {
            connection.end(requestTrailers);
        }
    }

    private KeptBody kept(Forward forward) {
        if (kept == null) {
            kept = KeptBody.of(loop.allocator, framing, forward.replayLimit());
        }
        return kept;
    }

    private void mirror(Forward forward) {
        List<Mirrored> wanted = forward.mirrors();
        if (!wanted.isEmpty()) {
            copies = loop.mirrors.sendHeads(wanted, framing);
        }
    }

    @Override
    public void consult(Consult consult) {
        giveUpUpstream();
        asking = new SubRequest(loop, consult, null, consult.answerLimit(), this);
        asking.start(consult.freshConnection());
    }

    @Override
    public void answered(ConsultAnswer answer) {
        asking = null;
        perform(() -> exchange.consulted(answer));
    }

    @Override
    public void failed(UpstreamFailure failure) {
        asking = null;
        perform(() -> exchange.consultFailed(failure));
    }

    @Override
    public void await(Await await) {
        giveUpUpstream();
        await.begin(() -> loop.eventLoop.execute(this::awaited));
        loop.eventLoop.schedule(this::awaited, await.patience().toNanos(), TimeUnit.NANOSECONDS);
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
        // A refusal does not wait for the rest of the body; a success may depend on it.
        bodyUnwanted = !requestSent && exchange.status() >= 300;
        if (bodyUnwanted) {
            client.bodyUnwanted();
        }
        client.relay(relay, responseFraming, Objects.requireNonNull(responseFields));
    }

    @Override
    public void reply(Reply reply) {
        giveUpUpstream();
        responding = true;
        client.reply(reply);
    }

    private void tunnel(Relay relay) {
        UpstreamSide connection = Objects.requireNonNull(upstream);
        if (!requestSent) {
            giveUpUpstream();
            end(Outcome.UPSTREAM_ABORTED);
            client.abort();
            return;
        }
        Channel channel = connection.detach();
        if (channel != null) {
            upstream = null;
            client.upgrade(relay, channel, Objects.requireNonNull(afterHead), this);
            return;
        }
        requestSent = false;
        forgetBody();
        client.relay(relay, responseFraming, Objects.requireNonNull(responseFields));
        client.bodyGoesOn();
    }

    // From the client

    /** Whether there is an upstream that can take some of the request's body now. */
    boolean takesBody() {
        return upstream != null && !bodyUnwanted && upstream.writable();
    }

    /** A piece of the request's body. */
    @Override
    public void data(ByteBuf data) {
        // A length was judged with the head.
        if (framing.kind() == Framing.Kind.CHUNKED && !exchange.takesBody(data.readableBytes())) {
            bodyTooLong = true;
        }
        if (upstream == null || bodyUnwanted || bodyTooLong) {
            data.release();
            return;
        }
        kept(Objects.requireNonNull(forward)).add(data);
        upstream.write(data);
    }

    /** Answers instead of passing on a body that is too long; returns whether it was. Call after pieces of it were handed over. */
    boolean refusesBody() {
        if (!bodyTooLong) {
            return false;
        }
        if (responding) {
            cancel(Outcome.CLIENT_ABORTED);
            client.abort();
        } else {
            reply(exchange.bodyTooLong());
        }
        return true;
    }

    /** The request's body is complete. */
    void requestEnd(@Nullable Fields trailers) {
        requestSent = true;
        requestTrailers = trailers;
        if (upstream != null) {
            loop.mirrors.sendWhole(copies, kept(Objects.requireNonNull(forward)));
            copies = List.of();
            upstream.end(trailers);
        }
    }

    void requestFlush() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    void clientWritable() {
        if (upstream != null) {
            upstream.resume();
        }
    }

    /** Gives everything up. */
    void cancel(Outcome outcome) {
        end(outcome);
        giveUpUpstream();
    }

    boolean responding() {
        return responding;
    }

    /** Closes the exchange; every call but the first does nothing. */
    void end(Outcome outcome) {
        if (!ended) {
            ended = true;
            forgetBody();
            exchange.close(outcome);
        }
    }

    /** The request will not be sent again. */
    private void forgetBody() {
        copies = List.of();
        if (kept != null) {
            kept.release();
        }
        kept = KeptBody.NOTHING;
    }

    // From the upstream

    @Override
    public boolean requestSent() {
        return requestSent;
    }

    @Override
    public void interim(ResponseHead head) {
        // 100 is between us and the upstream: the client's Expect is answered where its body is read.
        if (head.status() != 100) {
            client.interim(exchange.interim(head));
        }
    }

    @Override
    public void head(ResponseHead head, Fields fields, Framing framing, ByteBuf in) {
        responseFields = fields;
        responseFraming = framing;
        afterHead = in;
        try {
            exchange.upstreamHead(head, replayable()).perform(this);
        } catch (RuntimeException e) {
            defect(e);
        } finally {
            afterHead = null;
        }
    }

    @Override
    public void responseData(ByteBuf data) {
        client.write(data);
        if (!client.writable() && upstream != null) {
            upstream.pause();
        }
    }

    @Override
    public void responseFlush() {
        client.flush();
    }

    @Override
    public void responseEnd(@Nullable Fields trailers) {
        upstream = null;
        client.end(trailers);
    }

    @Override
    public void upstreamWritable() {
        client.resumeBody();
        requestFlush();
    }

    @Override
    public void upstreamFailed(UpstreamFailure.Kind kind, boolean sent, boolean reused, String detail) {
        upstream = null;
        if (ended) {
            return;
        }
        if (responding) {
            end(Outcome.UPSTREAM_ABORTED);
            client.abort();
        } else {
            attemptFailed(new UpstreamFailure(kind, sent, reused, replayable(), detail));
        }
    }

    private void attemptFailed(UpstreamFailure failure) {
        perform(() -> exchange.upstreamFailed(failure));
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
}
