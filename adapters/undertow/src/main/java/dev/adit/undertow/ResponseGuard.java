package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.ResponseHead;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.MessageLimits;
import dev.adit.wire.ResponseReader;
import dev.adit.wire.ResponseStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Reads the answers of one upstream connection before Undertow's client does. That reader repairs what is malformed, takes any
 * interim answer for the final one, has no limits, and waits for the body that a 304 seems to announce; so it only gets to see
 * what it needs to find a body and to keep the connection: the head that core sees is {@link #head}.
 *
 * <pre>
 *   IDLE ──expect──▶ HEAD ──final──▶ BODY (counted, chunked, or up to the end of input) ──▶ IDLE
 *                    ▲ │ │
 *                    └─┘ └──101──▶ IDLE
 *                    1xx: told, and left out
 * </pre>
 *
 * In IDLE everything passes: what nobody asked for has Undertow's client close the connection.
 */
final class ResponseGuard extends GuardConduit {
    private enum State {
        IDLE,
        HEAD,
        BODY
    }

    private static final int AHEAD = 4096;
    private static final byte[] NOTHING = {};
    /** What Undertow's client needs to know of a head, besides where the body ends. */
    private static final String[] KEEPING = {"Connection", "Upgrade"};

    private final ResponseStream stream;
    private State state = State.IDLE;
    private Consumer<ResponseHead> interim = head -> {};
    /** What was read along with a head. */
    private final ByteBuffer ahead = ByteBuffer.allocate(AHEAD).flip();
    /** What Undertow's client gets to see of a head. */
    private byte[] shown = NOTHING;

    private int shownAt;
    private @Nullable BadMessageException broken;

    ResponseGuard(StreamSourceConduit next, TransportLimits limits) {
        super(next);
        this.stream = new ResponseStream(MessageLimits.of(limits));
    }

    /**
     * A request is about to be sent.
     *
     * @param interim hears of interim answers, which are valid during the call
     */
    void expect(boolean headRequest, boolean upgrade, Consumer<ResponseHead> interim) {
        stream.expect(headRequest, upgrade);
        this.interim = interim;
        state = State.HEAD;
        ahead.clear().flip();
        broken = null;
    }

    /** Whether an unused connection still stands and has said nothing: its end may have come and not been noticed yet. */
    boolean isQuiet() {
        try {
            return next.read(ahead.clear()) == 0;
        } catch (IOException e) {
            return false;
        } finally {
            ahead.flip();
        }
    }

    /** The head of the final answer, once Undertow's client says that there is one. */
    ResponseReader head() {
        return stream.head();
    }

    /** The trailer fields of the answer, or null. */
    @Nullable
    Fields trailers() {
        return stream.body().trailers();
    }

    @Override
    public void resumeReads() {
        if (shownAt < shown.length || ahead.hasRemaining() || broken != null) {
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
        while (state == State.HEAD) {
            int read = next.read(ahead.clear());
            ahead.flip();
            if (read <= 0) {
                return read;
            }
            try {
                readHeads();
            } catch (BadMessageException e) {
                broken = e;
                throw e;
            }
        }
        int start = to.position();
        if (shownAt < shown.length) {
            int count = Math.min(to.remaining(), shown.length - shownAt);
            to.put(shown, shownAt, count);
            shownAt += count;
            // The body in a read of its own: what is left of a read makes Undertow's client look once more, for
            // nothing.
            return count;
        }
        if (ahead.hasRemaining() && broken == null) {
            takeAhead(to);
        }
        if (to.position() > start) {
            return to.position() - start;
        }
        if (broken != null) {
            throw broken;
        }
        int read = next.read(to);
        if (read > 0 && state == State.BODY) {
            to.position(follow(to.duplicate().flip().position(start)));
            if (to.position() == start && broken != null) {
                throw broken;
            }
        }
        return to.position() > start ? to.position() - start : read;
    }

    /** Whether it came upon something that is no answer. */
    boolean isBroken() {
        return broken != null;
    }

    /** Reads the heads that are ahead, up to the final one. */
    private void readHeads() throws BadMessageException {
        while (state == State.HEAD && stream.head().read(ahead)) {
            Framing framing = stream.begin();
            if (!stream.isInterim()) {
                state = stream.body().finished() ? State.IDLE : State.BODY;
                shown = shown(framing);
                shownAt = 0;
                return;
            }
            if (stream.head().status() != 100) {
                interim.accept(stream.head());
            }
            stream.next();
        }
    }

    private byte[] shown(Framing framing) {
        ResponseReader head = stream.head();
        StringBuilder text = new StringBuilder(80);
        text.append(head.version() == HttpVersion.HTTP_1_1 ? "HTTP/1.1 " : "HTTP/1.0 ")
                .append(head.status())
                .append(" -\r\n");
        switch (framing.kind()) {
            case LENGTH ->
                text.append("Content-Length: ").append(framing.length()).append("\r\n");
            case CHUNKED -> text.append("Transfer-Encoding: chunked\r\n");
            case NONE -> text.append(stream.isTunnel() ? "" : "Content-Length: 0\r\n");
            case CLOSE -> {
                // The end of the connection needs no field.
            }
        }
        for (String name : KEEPING) {
            for (String value : head.headers().all(name)) {
                text.append(name).append(": ").append(value).append("\r\n");
            }
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void takeAhead(ByteBuffer to) {
        ByteBuffer seen = ahead.duplicate();
        seen.limit(seen.position() + Math.min(to.remaining(), ahead.remaining()));
        int good = state == State.BODY ? follow(seen) : seen.limit();
        int count = good - ahead.position();
        to.put(to.position(), ahead, ahead.position(), count);
        to.position(to.position() + count);
        ahead.position(good);
    }

    /** Where what may pass ends. What follows the body may, for it has the connection closed; a broken chunk may not. */
    private int follow(ByteBuffer seen) {
        try {
            if (stream.body().follow(seen)) {
                state = State.IDLE;
                return seen.limit();
            }
        } catch (BadMessageException e) {
            broken = e;
        }
        return seen.position();
    }
}
