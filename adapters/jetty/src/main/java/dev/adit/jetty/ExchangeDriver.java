package dev.adit.jetty;

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
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.Step;
import dev.adit.exchange.StepHandler;
import dev.adit.exchange.UpstreamFailure;
import dev.adit.wire.Framing;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

/**
 * Performs the steps of one exchange: stands between a client and the attempt of the moment.
 *
 * <pre>
 *  start --&gt; Forward --&gt; attempt --head--&gt; Relay --&gt; pump --last byte written--&gt; over
 *              ^            | failed         |          | upstream broke, client broke
 *              +------------+                |          +--&gt; aborted
 *              |                             +-- 101 --&gt; tunnel
 *              +--&gt; Reply --written--&gt; over
 *              +--&gt; Consult --&gt; sub-request --&gt; Forward | Reply
 *
 *  request body:  client --view--&gt; sender of the attempt       each reads when it can write
 *  answer body:   upstream --pump--&gt; client
 * </pre>
 *
 * Jetty calls from any thread; here events take turns, so that the exchange sees one at a time. Whatever happens, the
 * exchange is closed once.
 */
final class ExchangeDriver implements StepHandler, ResponsePump.Listener {
    private static final System.Logger LOG = System.getLogger(ExchangeDriver.class.getName());

    private final Engine engine;
    private final ClientSide client;
    private final SerializedInvoker events;
    private final Exchange exchange;
    private final Framing framing;

    private @Nullable ClientBody body;
    private @Nullable Attempt attempt;
    /** The sub-request that the exchange waits for, or null. */
    private @Nullable SubRequest asking;
    /** Copies that wait for the end of the body. */
    private List<Mirrored> copies = List.of();

    private boolean responding;
    private boolean ended;

    ExchangeDriver(Engine engine, ClientSide client, ClientConnection connection) {
        this.engine = engine;
        this.client = client;
        this.events = client.events();
        this.framing = client.framing();
        this.exchange = engine.gateway.open(connection, client.head());
    }

    /** Call it as an event. */
    void start() {
        perform(exchange::start);
    }

    private void perform(Supplier<@Nullable Step> next) {
        if (ended) {
            return;
        }
        try {
            Step step = next.get();
            if (step != null) {
                step.perform(this);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request failed because of a defect", e);
            abort(Outcome.CANCELLED, e);
        }
    }

    // Steps

    @Override
    public void forward(Forward forward) {
        giveUpUpstream();
        if (body == null && !framing.isBodiless()) {
            body = new ClientBody(
                    client.body(),
                    framing,
                    forward.replayLimit(),
                    exchange::takesBody,
                    () -> events.run(this::requestRead));
        }
        List<Mirrored> wanted = forward.mirrors();
        if (!wanted.isEmpty()) {
            copies = engine.mirrors.sendHeads(wanted, framing);
        }
        Attempt next = new Attempt(forward);
        attempt = next;
        engine.upstreams.open(forward, forward.freshConnection(), next);
    }

    @Override
    public void consult(Consult consult) {
        giveUpUpstream();
        SubRequest question = new SubRequest(engine, consult, null, consult.answerLimit(), new SubRequest.Listener() {
            @Override
            public void answered(SubRequest from, ConsultAnswer answer) {
                consulted(from, () -> exchange.consulted(answer));
            }

            @Override
            public void failed(SubRequest from, UpstreamFailure failure) {
                consulted(from, () -> exchange.consultFailed(failure));
            }
        });
        asking = question;
        question.start(consult.freshConnection());
    }

    @Override
    public void await(Await await) {
        giveUpUpstream();
        Runnable awaited = () -> events.run(() -> perform(exchange::awaited));
        await.begin(awaited);
        engine.upstreams.scheduler.schedule(awaited, await.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void consulted(SubRequest from, Supplier<Step> next) {
        events.run(() -> {
            if (from.equals(asking)) {
                asking = null;
                perform(next);
            }
        });
    }

    @Override
    public void relay(Relay relay) {
        Attempt from = Objects.requireNonNull(attempt);
        responding = true;
        if (relay.upgraded()) {
            upgrade(relay, from);
            return;
        }
        if (body != null && copies.isEmpty()) {
            body.forget();
        }
        if (!bodyRead() && exchange.status() >= 300) {
            // A refusal does not wait for the rest of the body; a success may depend on it.
            from.stopBody();
            client.lastOne();
        }
        client.relay(relay, from.answerFraming, Objects.requireNonNull(from.answer));
        new ResponsePump(Objects.requireNonNull(from.content), client, this).iterate();
    }

    @Override
    public void reply(Reply reply) {
        giveUpUpstream();
        responding = true;
        if (!bodyRead() && !rest().discardAvailable()) {
            client.lastOne();
        }
        client.reply(reply, Callback.from(InvocationType.NON_BLOCKING, this::relayed, this::clientBroke));
    }

    private void upgrade(Relay relay, Attempt from) {
        if (!bodyRead()) {
            abort(Outcome.UPSTREAM_ABORTED, new IOException("switched protocols in the middle of a request"));
            return;
        }
        attempt = null;
        UpstreamSide upstream = Objects.requireNonNull(from.upstream);
        Tunnel tunnel = new Tunnel(client.endPoint(), upstream.detach(from), engine.upstreams, () -> {
            upstream.tunnelEnded();
            tunnelEnded();
        });
        tunnel.idle(engine.limits.tunnelIdle());
        client.upgrade(relay, tunnel.clientSide(), tunnel::finish);
    }

    private void tunnelEnded() {
        events.run(() -> close(engine.isStopping() ? Outcome.CANCELLED : Outcome.COMPLETED));
    }

    // The request's body

    private ClientBody rest() {
        if (body == null) {
            body = new ClientBody(client.body(), framing, 0, bytes -> true, () -> {});
        }
        return body;
    }

    /** Whether nothing more of the body is to come. */
    private boolean bodyRead() {
        return framing.isBodiless() || body != null && body.ended();
    }

    /** The end of the body was read: the copies that waited for it may go. */
    private void requestRead() {
        if (!copies.isEmpty() && body != null) {
            engine.mirrors.sendWhole(copies, body.whole());
            copies = List.of();
        }
    }

    private boolean replayable() {
        return body == null || body.replayable();
    }

    // From the pump

    @Override
    public void relayed() {
        events.run(() -> {
            if (close(Outcome.COMPLETED)) {
                giveUpUpstream();
                client.over(bodyRead() ? null : rest());
            }
        });
    }

    @Override
    public void upstreamBroke(Throwable cause) {
        events.run(() -> abort(Outcome.UPSTREAM_ABORTED, cause));
    }

    @Override
    public void clientBroke(Throwable cause) {
        events.run(() -> abort(engine.isStopping() ? Outcome.CANCELLED : Outcome.CLIENT_ABORTED, cause));
    }

    // Ends

    /** Whether the client has the beginning of an answer, or is getting it. */
    boolean responding() {
        return responding;
    }

    private void abort(Outcome outcome, Throwable cause) {
        if (close(outcome)) {
            giveUpUpstream();
            client.abort(cause, responding);
        }
    }

    private boolean close(Outcome outcome) {
        if (ended) {
            return false;
        }
        ended = true;
        copies = List.of();
        exchange.close(outcome);
        return true;
    }

    private void giveUpUpstream() {
        Attempt open = attempt;
        attempt = null;
        if (open != null) {
            open.giveUp();
        }
        SubRequest question = asking;
        asking = null;
        if (question != null) {
            question.cancel();
        }
    }

    /** One attempt at one endpoint. Its upstream calls on any thread; what it says becomes an event. */
    private final class Attempt implements Requester, Upstreams.Listener {
        private final Forward forward;
        private final ClientBody.@Nullable View view;
        private @Nullable UpstreamSide upstream;
        private @Nullable ResponseHead answer;
        private Framing answerFraming = Framing.NONE;
        private Content.@Nullable Source content;

        Attempt(Forward forward) {
            this.forward = forward;
            this.view = body == null ? null : body.view();
        }

        private boolean isCurrent() {
            return this.equals(attempt) && !ended;
        }

        @Override
        public void connected(UpstreamSide side) {
            events.run(() -> {
                if (isCurrent()) {
                    send(side);
                } else {
                    side.spare();
                }
            });
        }

        private void send(UpstreamSide side) {
            upstream = side;
            String trailer = framing.kind() == Framing.Kind.CHUNKED
                    ? client.head().headers().get("Trailer")
                    : null;
            try {
                side.begin(this, forward, framing, view, trailer);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a request failed because of a defect", e);
                side.spare();
                abort(Outcome.CANCELLED, e);
            }
        }

        @Override
        public void connectFailed(UpstreamFailure.Kind kind, String detail) {
            failed(kind, false, false, detail);
        }

        @Override
        public boolean headRequest() {
            return exchange.request().method().equals("HEAD");
        }

        @Override
        public boolean upgrade() {
            return forward.upgrade() != null;
        }

        @Override
        public void interim(ResponseHead head) {
            // 100 is between us and the upstream: the client's Expect is answered where its body is read.
            if (head.status() != 100) {
                events.run(() -> {
                    if (isCurrent()) {
                        client.interim(exchange.interim(head));
                    }
                });
            }
        }

        @Override
        public void head(ResponseHead head, Framing framing, Content.Source body) {
            events.run(() -> {
                if (isCurrent()) {
                    answer = head;
                    answerFraming = framing;
                    content = body;
                    perform(() -> exchange.upstreamHead(head, replayable()));
                }
            });
        }

        @Override
        public void failed(UpstreamFailure.Kind kind, boolean sent, boolean reused, String detail) {
            events.run(() -> {
                if (isCurrent()) {
                    UpstreamFailure failure = new UpstreamFailure(kind, sent, reused, replayable(), detail);
                    perform(() -> exchange.upstreamFailed(failure));
                }
            });
        }

        @Override
        public void bodyFailed(Throwable cause) {
            events.run(() -> {
                if (isCurrent() && !responding && body != null && body.tooLong()) {
                    reply(exchange.bodyTooLong());
                } else if (isCurrent()) {
                    abort(engine.isStopping() ? Outcome.CANCELLED : Outcome.CLIENT_ABORTED, cause);
                }
            });
        }

        /** Sends no more of the body, and waits for the rest of the answer. */
        void stopBody() {
            if (view != null) {
                view.mute();
            }
        }

        void giveUp() {
            if (view != null) {
                view.detach();
            }
            if (upstream != null) {
                upstream.giveUp(this);
            }
        }
    }
}
