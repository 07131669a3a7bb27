package dev.adit.jetty;

import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.Framing;
import dev.adit.wire.MessageLimits;
import dev.adit.wire.RequestReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.CyclicTimeout;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client. Requests are answered one after another: while one is under way, what follows it
 * waits, first here, then in the kernel.
 *
 * <pre>
 *            head complete                 body read             answer written, connection persists
 *   HEAD ----------------------&gt; BODY -----------------&gt; ANSWER ------------------------------------&gt; HEAD
 *    |  | idle: closed             | + the same, but the body is on its way --&gt; REST -- body read -----&gt;
 *    |  +--------&gt; CLOSED          v bad chunk, slow          v it is unwanted; nothing left to read: closed
 *    +-- refused: 4xx, 505 ----&gt; LINGER &lt;---------------------+ ANSWER        101 --&gt; TUNNEL
 *                                  | the client closes, or had its time
 *                                  v
 *                                CLOSED
 * </pre>
 *
 * LINGER throws away what the client still sends: closing at once would reset the connection, and the client might never
 * see the answer (RFC 9112 section 9.6). In ANSWER it is watched: who goes away is not worked for. All but the reading of
 * bodies and the writing of answers happens in {@link #events}, one at a time.
 */
final class Http1Client extends WireConnection implements ClientSide {
    private enum State {
        HEAD,
        BODY,
        ANSWER,
        REST,
        LINGER,
        TUNNEL,
        CLOSED
    }

    private static final int DISCARDED_READS = 16;

    private final Http1ConnectionFactory owner;
    private final Engine engine;
    private final Connector connector;
    private final SerializedInvoker events = new SerializedInvoker(Http1Client.class);
    private final RequestReader reader;
    private final AnswerWriter answer;
    private final CyclicTimeout clock;
    private final PrefaceWatch preface;

    private volatile State state = State.HEAD;
    private @Nullable ClientConnection connection;
    private volatile @Nullable ExchangeDriver driver;
    private Framing framing = Framing.NONE;
    private volatile boolean expectsContinue;

    Http1Client(Http1ConnectionFactory owner, Engine engine, Connector connector, EndPoint endPoint) {
        super(
                endPoint,
                connector.getExecutor(),
                connector.getByteBufferPool(),
                new BodyReader(MessageLimits.of(engine.limits)));
        this.owner = owner;
        this.engine = engine;
        this.connector = connector;
        reader = new RequestReader(MessageLimits.of(engine.limits));
        answer = new AnswerWriter(endPoint, connector.getServer(), reader);
        preface = new PrefaceWatch();
        clock = new CyclicTimeout(connector.getScheduler()) {
            @Override
            public void onTimeoutExpired() {
                events.run(Http1Client.this::late);
            }
        };
    }

    // Reading

    @Override
    public void onOpen() {
        super.onOpen();
        owner.add(this);
        // Bytes that do not leave are timed by the end point; what does not come, by the clock.
        getEndPoint().setIdleTimeout(engine.limits.send().toMillis());
        within(engine.limits.headerRead());
        awaitInput();
    }

    private void within(Duration time) {
        clock.schedule(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void onFillable() {
        if (state != State.LINGER && wake()) {
            return;
        }
        events.run(this::readable);
    }

    private void readable() {
        switch (state) {
            case HEAD -> readHead();
            case ANSWER -> watch();
            case LINGER -> discard();
            case BODY, REST, TUNNEL, CLOSED -> {
                // Whoever reads the body asks for it.
            }
        }
    }

    private void readHead() {
        try {
            while (state == State.HEAD) {
                int there = fill();
                if (there < 0) {
                    end();
                } else if (there == 0) {
                    awaitInput();
                    return;
                } else if (preface.isDecided()) {
                    read(input());
                } else if (preface.look(input())) {
                    read(preface.seen());
                } else if (preface.isPresent()) {
                    upgradeToHttp2();
                }
            }
        } catch (BadMessageException e) {
            refuse(e.status());
        } catch (IOException e) {
            end();
        }
    }

    private void read(ByteBuffer in) throws BadMessageException {
        boolean first = reader.isEmpty() && connection != null;
        if (reader.read(in)) {
            begin();
        } else if (first && !reader.isEmpty()) {
            within(engine.limits.headerRead());
        }
    }

    private void begin() throws BadMessageException {
        framing = Framing.ofRequest(reader);
        body.start(framing);
        clock.cancel();
        answer.begin();
        if (connection == null) {
            connection = Clients.describe(engine.gateway, getEndPoint());
        }
        state = body.finished() ? State.ANSWER : State.BODY;
        if (state == State.BODY) {
            startBody();
            expectsContinue =
                    reader.version() == HttpVersion.HTTP_1_1 && reader.fields().lists("expect", "100-continue");
        } else if (!hasInput()) {
            awaitInput();
        }
        ExchangeDriver made = new ExchangeDriver(engine, this, connection);
        driver = made;
        made.start();
    }

    private void upgradeToHttp2() {
        Connection http2 = owner.http2(connector, getEndPoint());
        if (http2 == null) {
            refuse(505);
            return;
        }
        state = State.TUNNEL;
        clock.destroy();
        owner.remove(this);
        getEndPoint().setIdleTimeout(engine.limits.idle().toMillis());
        getEndPoint().upgrade(http2);
    }

    @Override
    public @Nullable ByteBuffer onUpgradeFrom() {
        ByteBuffer rest = super.onUpgradeFrom();
        return preface.isPresent() ? preface.seenBefore(rest) : rest;
    }

    /** Nothing is read from a client that waits for its answer, but to see whether it still does. */
    private void watch() {
        if (hasInput()) {
            return;
        }
        try {
            int there = fill();
            if (there < 0) {
                gone(new EofException("the client is gone"));
            } else if (there == 0) {
                awaitInput();
            }
        } catch (IOException e) {
            gone(e);
        }
    }

    private void gone(Throwable cause) {
        ExchangeDriver under = driver;
        if (under != null) {
            under.clientBroke(cause);
        } else {
            end();
        }
    }

    private void discard() {
        try {
            int there = fill();
            for (int i = 0; there > 0 && i < DISCARDED_READS; i++) {
                releaseInput();
                there = fill();
            }
            releaseInput();
            if (there < 0) {
                end();
            } else {
                awaitInput();
            }
        } catch (IOException e) {
            end();
        }
    }

    @Override
    void bodyAwaited() {
        if (state == State.REST) {
            return;
        }
        within(engine.limits.bodyRead());
        if (expectsContinue) {
            expectsContinue = false;
            answer.proceed();
        }
    }

    @Override
    void bodyEnded() {
        clock.cancel();
        expectsContinue = false;
        events.run(() -> {
            if (state == State.BODY) {
                state = State.ANSWER;
                if (!hasInput()) {
                    awaitInput();
                }
            } else if (state == State.REST) {
                nextRequest();
            }
        });
    }

    // For the driver

    @Override
    public SerializedInvoker events() {
        return events;
    }

    @Override
    public RequestHead head() {
        return reader;
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
    public void interim(Relay relay) {
        answer.interim(relay);
    }

    @Override
    public void relay(Relay relay, Framing framing, ResponseHead from) {
        answer.relay(relay, framing, from, mayPersist());
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, @Nullable HttpFields trailers, Callback callback) {
        answer.write(last, bytes, trailers, callback);
    }

    @Override
    public void reply(Reply reply, Callback callback) {
        answer.reply(reply, mayPersist(), callback);
    }

    /** Not if the client may send its body or leave it, because it was not asked for it (RFC 9110 section 10.1.1). */
    private boolean mayPersist() {
        boolean asked = !expectsContinue;
        expectsContinue = false;
        return asked && !engine.isDraining();
    }

    @Override
    public void lastOne() {
        answer.lastOne();
    }

    @Override
    public void over(@Nullable ClientBody rest) {
        driver = null;
        if (state == State.ANSWER) {
            nextRequest();
        } else if (state == State.BODY && answer.persistent() && !engine.isDraining()) {
            state = State.REST;
            within(engine.limits.linger());
            if (rest != null) {
                rest.discard(task -> getExecutor().execute(() -> events.run(task)), this::end);
            }
        } else {
            closeAfterAnswer();
        }
    }

    private void nextRequest() {
        if (!answer.persistent() || engine.isDraining()) {
            closeAfterAnswer();
            return;
        }
        reader.reset();
        state = State.HEAD;
        within(engine.limits.idle());
        if (hasInput()) {
            readHead();
        } else {
            awaitInput();
        }
    }

    @Override
    public void abort(Throwable cause, boolean responding) {
        driver = null;
        if (!responding && cause instanceof BadMessageException bad) {
            refuse(bad.status());
        } else if (!responding && cause instanceof RuntimeException) {
            refuse(500);
        } else {
            if (responding && answer.endsWithConnection()) {
                // Only a reset says that this was not the end.
                Clients.resetOnClose(getEndPoint());
            }
            end();
        }
    }

    @Override
    public EndPoint endPoint() {
        return getEndPoint();
    }

    @Override
    public void upgrade(Relay relay, Connection next, Runnable failed) {
        driver = null;
        state = State.TUNNEL;
        forgetInput();
        clock.destroy();
        owner.handOver(this, next);
        answer.upgrade(
                relay,
                Callback.from(InvocationType.NON_BLOCKING, () -> getEndPoint().upgrade(next), cause -> failed.run()));
    }

    // Ending

    /** Answers a request that is not HTTP as we accept it, or that stops coming. */
    private void refuse(int status) {
        state = State.BODY;
        answer.refuse(
                status,
                Callback.from(
                        InvocationType.NON_BLOCKING,
                        () -> events.run(this::closeAfterAnswer),
                        cause -> events.run(this::end)));
    }

    private void closeAfterAnswer() {
        if (state == State.CLOSED || state == State.ANSWER && !hasInput()) {
            end();
            return;
        }
        state = State.LINGER;
        within(engine.limits.linger());
        getEndPoint().shutdownOutput();
        discard();
    }

    private void late() {
        switch (state) {
            case HEAD -> {
                if (reader.isEmpty() && !preface.isBegun()) {
                    end();
                } else {
                    refuse(408);
                }
            }
            case BODY -> {
                if (isAwaited()) {
                    fail(new BadMessageException(408, "the body stopped coming"));
                }
            }
            case REST, LINGER -> end();
            case ANSWER, TUNNEL, CLOSED -> {
                // The clock was stopped too late.
            }
        }
    }

    private void end() {
        state = State.CLOSED;
        getEndPoint().close();
    }

    /** No request is taken in any more. */
    void drain() {
        events.run(() -> {
            answer.lastOne();
            if (state == State.HEAD && reader.isEmpty()) {
                end();
            }
        });
    }

    /** Ends whatever is under way. */
    void closeNow() {
        getEndPoint().close();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        events.run(() -> {
            switch (state) {
                case BODY -> fail(cause);
                case ANSWER -> gone(cause);
                case HEAD, REST, LINGER, CLOSED -> end();
                case TUNNEL -> {
                    // That was us.
                }
            }
        });
    }

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        // Only bytes that wait for the client are timed here.
        return getEndPoint() instanceof AbstractEndPoint endPoint
                && endPoint.getWriteFlusher().isPending();
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        if (state == State.TUNNEL) {
            return;
        }
        clock.destroy();
        owner.remove(this);
        events.run(() -> {
            state = State.CLOSED;
            closeBody();
            ExchangeDriver under = driver;
            if (under != null) {
                under.clientBroke(cause == null ? new EofException("closed") : cause);
            }
        });
    }
}
