package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.MessageLimits;
import dev.adit.wire.Preface;
import dev.adit.wire.Refusal;
import dev.adit.wire.RequestReader;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Reads one client's requests before Undertow does, strictly, and refuses what has two readings. Undertow takes unknown
 * versions for HTTP/1.1, unfolds lines, decides about hosts and targets by itself and answers everything 400; so it only gets
 * to see what it needs to find a body and to keep the connection: the head that core sees is {@link #head}.
 *
 * <pre>
 *   START ──no preface──▶ HEAD ──empty line──▶ BODY ──all of it was read──▶ HEAD
 *     │                    │ late: 408, bad: 4xx, 505
 *     │                    └──────────▶ REFUSED: answered, what still comes is thrown away, for a while
 *     └── HTTP/2's preface, or 101 ──▶ PASS: everything passes
 * </pre>
 *
 * No byte of a request is taken in before the one before it is answered, but for what came along.
 */
final class RequestGuard extends GuardConduit {
    private enum State {
        START,
        HEAD,
        BODY,
        PASS,
        REFUSED
    }

    private static final int AHEAD = 2048;
    private static final byte[] NOTHING = {};
    private static final byte[] PLAIN = ascii("POST / HTTP/1.1\r\nHost: adit\r\n\r\n");

    private final StreamConnection connection;
    private final StreamSinkConduit sink;
    private final TransportLimits limits;
    private final RequestReader reader;
    private final BodyReader body;
    private State state = State.START;
    /** What was read and not used yet. */
    private ByteBuffer ahead = ByteBuffer.allocate(AHEAD).flip();
    /** What Undertow gets to see of a head. */
    private byte[] shown = NOTHING;

    private int shownAt;
    private @Nullable BadMessageException broken;
    private XnioExecutor.@Nullable Key late;

    private RequestGuard(StreamConnection connection, TransportLimits limits) {
        super(connection.getSourceChannel().getConduit());
        this.connection = connection;
        this.sink = connection.getSinkChannel().getConduit();
        this.limits = limits;
        this.reader = new RequestReader(MessageLimits.of(limits));
        this.body = new BodyReader(MessageLimits.of(limits));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Puts a guard in front of a connection that was accepted just now. */
    static RequestGuard install(StreamConnection connection, TransportLimits limits) {
        RequestGuard guard = new RequestGuard(connection, limits);
        connection.getSourceChannel().setConduit(guard);
        return guard;
    }

    /** Hands the connection to whoever speaks what it begins with, as soon as that is known. */
    void choose(ChannelListener<? super StreamConnection> http1, ChannelListener<? super StreamConnection> http2) {
        XnioExecutor.Key silent = connection
                .getIoThread()
                .executeAfter(() -> IoUtils.safeClose(connection), limits.idle().toNanos(), TimeUnit.NANOSECONDS);
        connection.getSourceChannel().setReadListener(source -> {
            if (!isKnown()) {
                return;
            }
            silent.remove();
            if (connection.isOpen()) {
                connection.getSourceChannel().suspendReads();
                ChannelListeners.invokeChannelListener(connection, state == State.PASS ? http2 : http1);
            }
        });
        connection.getSourceChannel().resumeReads();
    }

    /** Reads what is here of a connection's beginning; returns whether that says what it is, or that it is over. */
    private boolean isKnown() {
        try {
            int read = state == State.REFUSED ? discard() : fill();
            if (read >= 0) {
                return state == State.START && ahead.hasRemaining() && readPreface();
            }
        } catch (IOException e) {
            // It is over as well.
            state = State.REFUSED;
        }
        IoUtils.safeClose(connection);
        return true;
    }

    /** The guard of the connection that {@code exchange} is on, if it has one that does not just let everything pass. */
    static @Nullable RequestGuard of(HttpServerExchange exchange) {
        return exchange.getConnection() instanceof HttpServerConnection http1
                        && http1.getOriginalSourceConduit() instanceof RequestGuard guard
                ? guard
                : null;
    }

    /** The head of the request under way. It is reused for the next one, when this one is answered. */
    RequestReader head() {
        return reader;
    }

    /** The trailer fields of the request's body, or null. */
    @Nullable
    Fields trailers() {
        return body.trailers();
    }

    /** From here on everything passes. */
    void pass() {
        state = State.PASS;
    }

    /** Reads what comes while a request is answered, without a look at it: -1 at the end, else what is waiting. */
    int ahead() throws IOException {
        if (!ahead.hasRemaining()) {
            int read = fill();
            if (read < 0) {
                return read;
            }
        }
        return ahead.remaining();
    }

    @Override
    public void resumeReads() {
        // What begins like a preface was looked at already.
        boolean waiting = ahead.hasRemaining() && state != State.START;
        if (waiting || shownAt < shown.length || broken != null) {
            next.wakeupReads();
        } else {
            next.resumeReads();
        }
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (!to.hasRemaining()) {
            return 0;
        }
        while (true) {
            if (shownAt < shown.length) {
                int count = Math.min(to.remaining(), shown.length - shownAt);
                to.put(shown, shownAt, count);
                shownAt += count;
                return count;
            }
            switch (state) {
                case START, HEAD -> {
                    if (!(state == State.START ? readPreface() : readHead())) {
                        int read = fill();
                        if (read <= 0) {
                            return read;
                        }
                    }
                }
                case BODY -> {
                    return readBody(to);
                }
                case PASS -> {
                    return ahead.hasRemaining() ? take(to, ahead.remaining()) : next.read(to);
                }
                case REFUSED -> {
                    return discard();
                }
            }
        }
    }

    private int fill() throws IOException {
        ahead.compact();
        try {
            return next.read(ahead);
        } finally {
            ahead.flip();
        }
    }

    private int take(ByteBuffer to, int most) {
        int count = Math.min(Math.min(most, ahead.remaining()), to.remaining());
        to.put(to.position(), ahead, ahead.position(), count);
        to.position(to.position() + count);
        ahead.position(ahead.position() + count);
        return count;
    }

    // Heads

    /** Looks whether the connection begins with HTTP/2's preface; returns false if more is needed. */
    private boolean readPreface() {
        Preface preface = Preface.in(ahead.array(), ahead.position(), ahead.limit());
        if (preface == Preface.POSSIBLE) {
            if (ahead.hasRemaining()) {
                startClock();
            }
            return false;
        }
        if (preface == Preface.PRESENT) {
            stopClock();
        }
        state = preface == Preface.PRESENT ? State.PASS : State.HEAD;
        return true;
    }

    /** Reads what is here of a head; returns whether it is complete, or refused. */
    private boolean readHead() {
        if (reader.isComplete()) {
            reader.reset();
        }
        try {
            if (!reader.read(ahead)) {
                if (!reader.isEmpty()) {
                    startClock();
                }
                return false;
            }
            Framing framing = Framing.ofRequest(reader);
            body.start(framing);
            stopClock();
            state = body.finished() ? State.HEAD : State.BODY;
            shown = shown(framing);
            shownAt = 0;
        } catch (BadMessageException e) {
            refuse(e.status());
        }
        return true;
    }

    /** What Undertow needs to know: how the body ends, and what becomes of the connection. */
    private byte[] shown(Framing framing) {
        Fields fields = reader.headers();
        StringBuilder more = new StringBuilder(0);
        switch (framing.kind()) {
            case LENGTH ->
                more.append("Content-Length: ").append(framing.length()).append("\r\n");
            case CHUNKED -> more.append("Transfer-Encoding: chunked\r\n");
            case NONE, CLOSE -> {
                // Nothing follows.
            }
        }
        String upgrade = fields.get("upgrade");
        if (upgrade != null) {
            more.append("Upgrade: ").append(upgrade).append("\r\n");
        }
        boolean old = reader.version() == HttpVersion.HTTP_1_0;
        if (fields.lists("connection", "close")) {
            more.append("Connection: close\r\n");
        } else if (old && fields.lists("connection", "keep-alive")) {
            more.append("Connection: keep-alive\r\n");
        }
        if (fields.lists("expect", "100-continue")) {
            more.append("Expect: 100-continue\r\n");
        }
        boolean head = reader.method().equals("HEAD");
        if (more.length() == 0 && !old && !head) {
            return PLAIN;
        }
        return ascii((head ? "HEAD / " : "POST / ") + (old ? "HTTP/1.0" : "HTTP/1.1") + "\r\nHost: adit\r\n" + more
                + "\r\n");
    }

    // Bodies

    private int readBody(ByteBuffer to) throws IOException {
        if (broken != null) {
            throw broken;
        }
        return ahead.hasRemaining() ? bodyAhead(to) : bodyAtOnce(to);
    }

    /** Hands on what was read before. */
    private int bodyAhead(ByteBuffer to) throws BadMessageException {
        ByteBuffer seen = ahead.duplicate();
        seen.limit(seen.position() + Math.min(to.remaining(), ahead.remaining()));
        follow(seen);
        return take(to, seen.position() - ahead.position());
    }

    /** Reads into {@code to}, and sets aside what follows the body. */
    private int bodyAtOnce(ByteBuffer to) throws IOException {
        int start = to.position();
        int read = next.read(to);
        if (read <= 0) {
            return read;
        }
        ByteBuffer seen = to.duplicate().flip().position(start);
        follow(seen);
        to.position(seen.position());
        if (seen.hasRemaining() && broken == null) {
            ahead = ByteBuffer.allocate(Math.max(AHEAD, seen.remaining()))
                    .put(seen)
                    .flip();
        }
        return to.position() - start;
    }

    /** Moves {@code seen}'s position past what belongs to the body. What is wrong behind that is said by the next read. */
    private void follow(ByteBuffer seen) throws BadMessageException {
        int start = seen.position();
        try {
            if (body.follow(seen)) {
                state = State.HEAD;
            }
        } catch (BadMessageException e) {
            broken = e;
            if (seen.position() == start) {
                throw e;
            }
        }
    }

    // Refusing

    private void startClock() {
        if (late == null) {
            late = connection
                    .getIoThread()
                    .executeAfter(() -> refuse(408), limits.headerRead().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void stopClock() {
        if (late != null) {
            late.remove();
            late = null;
        }
    }

    private void refuse(int status) {
        stopClock();
        state = State.REFUSED;
        try {
            sink.write(ByteBuffer.wrap(Refusal.bytes(status, Instant.now())));
            sink.terminateWrites();
            sink.flush();
        } catch (IOException e) {
            IoUtils.safeClose(connection);
            return;
        }
        // Closing at once would reset the connection, and the client might never see the answer (RFC 9112 section 9.6).
        connection
                .getIoThread()
                .executeAfter(
                        () -> IoUtils.safeClose(connection), limits.linger().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Throws away what is here, in turns: a client that sends as fast as it is read must not keep the thread. */
    private int discard() throws IOException {
        int read;
        int total = 0;
        do {
            read = next.read(ahead.clear());
            total += read;
        } while (read > 0 && total < ClientSide.SKIPPED);
        ahead.clear().flip();
        return Math.min(read, 0);
    }
}
