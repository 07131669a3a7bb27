package dev.adit.netty;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.StepHandler;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.route.Protocol;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
final class ExchangeDriver implements StepHandler, UpstreamConnector.Listener, BodyReader.Sink {
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
    /** Whether any of the body left for an upstream: it cannot be sent again. */
    private boolean bodyTaken;

    private boolean requestSent;
    /** The upstream's answer makes the rest of the body pointless. */
    private boolean bodyUnwanted;

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
        Endpoint endpoint = forward.endpoint();
        Duration timeout = forward.timeouts().connect();
        if (forward.protocol() == Protocol.H2C) {
            loop.http2Pool.open(endpoint, timeout, forward.freshConnection(), this);
            return;
        }
        UpstreamConnection kept = forward.freshConnection() ? null : loop.pool.take(endpoint, forward.protocol());
        if (kept == null) {
            loop.connector.connect(endpoint, forward.protocol(), timeout, this);
        } else {
            send(kept, forward);
        }
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
            failed(new UpstreamFailure(kind, false, false, !bodyTaken, detail));
        }
    }

    private void send(UpstreamSide connection, Forward forward) {
        upstream = connection;
        connection.begin(this, forward, framing, client.requestFields());
        requestSent = client.requestRead();
        client.bodyWanted();
        requestFlush();
    }

    /** Whether the request's method is HEAD, whose answer has no body whatever its head says. */
    boolean headRequest() {
        return exchange.request().method().equals("HEAD");
    }

    @Override
    public void relay(Relay relay) {
        responding = true;
        if (relay.upgraded()) {
            tunnel(relay);
            return;
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
        upstream = null;
        client.upgrade(relay, connection.detach(), Objects.requireNonNull(afterHead), this);
    }

    // From the client

    /** Whether there is an upstream that can take some of the request's body now. */
    boolean takesBody() {
        return upstream != null && !bodyUnwanted && upstream.writable();
    }

    /** A piece of the request's body. */
    @Override
    public void data(ByteBuf data) {
        if (upstream == null || bodyUnwanted) {
            data.release();
            return;
        }
        bodyTaken = true;
        upstream.write(data);
    }

    /** The request's body is complete. */
    void requestEnd(@Nullable Fields trailers) {
        requestSent = true;
        if (upstream != null) {
            bodyTaken |= framing.kind() == Framing.Kind.CHUNKED;
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
            exchange.close(outcome);
        }
    }

    // From the upstream

    boolean requestSent() {
        return requestSent;
    }

    void interim(ResponseHead head) {
        // 100 is between us and the upstream: the client's Expect is answered where its body is read.
        if (head.status() != 100) {
            client.interim(exchange.interim(head));
        }
    }

    /** The answer's head is there, and its fields; {@code in} holds what follows it. */
    void head(ResponseHead head, Fields fields, Framing framing, ByteBuf in) {
        responseFields = fields;
        responseFraming = framing;
        afterHead = in;
        try {
            exchange.upstreamHead(head).perform(this);
        } catch (RuntimeException e) {
            defect(e);
        } finally {
            afterHead = null;
        }
    }

    void responseData(ByteBuf data) {
        client.write(data);
        if (!client.writable() && upstream != null) {
            upstream.pause();
        }
    }

    void responseFlush() {
        client.flush();
    }

    void responseEnd(@Nullable Fields trailers) {
        upstream = null;
        client.end(trailers);
    }

    void upstreamWritable() {
        client.resumeBody();
        requestFlush();
    }

    /**
     * The attempt is over; its answer was not complete.
     *
     * @param sent whether the endpoint may have acted on the request
     */
    void upstreamFailed(UpstreamFailure.Kind kind, boolean sent, boolean reused, String detail) {
        upstream = null;
        if (ended) {
            return;
        }
        if (responding) {
            end(Outcome.UPSTREAM_ABORTED);
            client.abort();
        } else {
            failed(new UpstreamFailure(kind, sent, reused, !bodyTaken, detail));
        }
    }

    private void failed(UpstreamFailure failure) {
        try {
            exchange.upstreamFailed(failure).perform(this);
        } catch (RuntimeException e) {
            defect(e);
        }
    }

    private void giveUpUpstream() {
        if (upstream != null) {
            upstream.giveUp();
            upstream = null;
        }
    }
}
