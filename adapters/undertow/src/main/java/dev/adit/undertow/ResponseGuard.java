package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Looks at the answers of one upstream connection before Undertow's client reads them. That reader repairs what is malformed,
 * takes any interim answer for the final one, has no limits, and waits for the body that a 304 seems to announce.
 *
 * <pre>
 *   IDLE ──expect──▶ HEAD ──final──▶ BODY (counted, chunked, or up to the end of input) ──▶ IDLE
 *                    ▲ │ │
 *                    └─┘ └──101──▶ TUNNEL
 *                    1xx: told, and left out
 * </pre>
 *
 * In IDLE and TUNNEL everything passes: what nobody asked for has Undertow's client close the connection.
 */
final class ResponseGuard extends GuardConduit {
    private enum State {
        IDLE,
        HEAD,
        LENGTH,
        CHUNKED,
        CLOSE,
        TUNNEL
    }

    private static final int FIRST_BYTES = 1024;
    private static final int MAX_INTERIMS = 32;
    private static final byte[] BEGIN = {'H', 'T', 'T', 'P', '/', '1', '.'};

    private final UndertowLimits limits;
    private State state = State.IDLE;
    private boolean headRequest;
    private boolean upgrade;
    private @Nullable BiConsumer<Integer, HeaderMap> interim;
    private byte[] head = new byte[FIRST_BYTES];
    private int length;
    private int interims;
    /** Where the lines of the head were read up to. */
    private int scanned;
    /** What may pass: from here to {@link #servedEnd} of {@link #head}. */
    private int served;

    private int servedEnd;
    private long remaining;
    private @Nullable ChunkGuard chunks;
    private @Nullable String announced;

    ResponseGuard(StreamSourceConduit next, UndertowLimits limits) {
        super(next);
        this.limits = limits;
    }

    /**
     * A request is about to be sent.
     *
     * @param interim hears of interim answers
     */
    void expect(boolean headRequest, boolean upgrade, BiConsumer<Integer, HeaderMap> interim) {
        this.headRequest = headRequest;
        this.upgrade = upgrade;
        this.interim = interim;
        state = State.HEAD;
        length = 0;
        scanned = 0;
        served = 0;
        servedEnd = 0;
        chunks = null;
        interims = 0;
    }

    /** Whether an unused connection still stands and has said nothing: its end may have come and not been noticed yet. */
    boolean isQuiet() {
        try {
            return next.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The trailer fields of the answer, or null. */
    @Nullable
    HeaderMap trailers() {
        return chunks == null ? null : chunks.trailers();
    }

    /** The Content-Length of an answer that has no body, or null; it was left out. */
    @Nullable
    String announced() {
        return announced;
    }

    @Override
    public void resumeReads() {
        if (served < servedEnd || chunks != null && chunks.isBroken()) {
            next.wakeupReads();
        } else {
            next.resumeReads();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        while (served == servedEnd && state == State.HEAD) {
            int read = fill();
            if (read <= 0) {
                return read;
            }
            readHeads();
        }
        if (served < servedEnd) {
            int count = Math.min(target.remaining(), servedEnd - served);
            target.put(head, served, count);
            served += count;
            return count;
        }
        if (chunks != null && chunks.isBroken()) {
            throw new BadMessageException("a broken chunk");
        }
        int start = target.position();
        int read = next.read(target);
        if (read <= 0 || state != State.LENGTH && state != State.CHUNKED) {
            return read;
        }
        ByteBuffer seen = target.duplicate();
        seen.flip().position(start);
        int good = body(seen);
        target.position(start + good);
        if (good == 0) {
            throw new BadMessageException("a broken chunk");
        }
        return good;
    }

    private int fill() throws IOException {
        if (length == head.length) {
            if (length >= limits.headerBytes()) {
                throw new BadMessageException("a head that is too long");
            }
            head = Arrays.copyOf(head, Math.min(limits.headerBytes(), length * 2));
        }
        int read = next.read(ByteBuffer.wrap(head, length, head.length - length));
        if (read > 0) {
            length += read;
        }
        return read;
    }

    /** Reads what is here of heads; leaves the final one, and what follows it, to be served. */
    private void readHeads() throws BadMessageException {
        int end = endOfHead();
        while (end > 0 && state == State.HEAD) {
            ResponseHeadReader read = ResponseHeadReader.read(head, end, limits);
            if (read.status() >= 200 || read.status() == 101) {
                finish(read, end);
                return;
            }
            interims++;
            if (interims > MAX_INTERIMS) {
                throw new BadMessageException("too many interim answers");
            }
            if (interim != null && read.status() != 100) {
                interim.accept(read.status(), read.fields());
            }
            System.arraycopy(head, end, head, 0, length - end);
            length -= end;
            scanned = 0;
            end = endOfHead();
        }
    }

    /** The index after the empty line, or 0. */
    private int endOfHead() throws BadMessageException {
        for (int i = scanned; i < length; i++) {
            if (i < BEGIN.length && head[i] != BEGIN[i] || head[i] == '\n' && head[i - 1] != '\r') {
                throw new BadMessageException("not HTTP/1");
            }
            if (head[i] == '\n' && head[i - 2] == '\n' && head[i - 3] == '\r') {
                return i + 1;
            }
        }
        scanned = length;
        return 0;
    }

    private void finish(ResponseHeadReader read, int end) throws BadMessageException {
        int status = read.status();
        HttpString protocol = read.oldVersion() ? Protocols.HTTP_1_0 : Protocols.HTTP_1_1;
        if (status == 101) {
            if (!upgrade) {
                throw new BadMessageException("101 unasked");
            }
            state = State.TUNNEL;
        } else if (!Framing.isClear(read.fields(), protocol)) {
            throw new BadMessageException("where its body ends has two readings");
        } else {
            begin(read, status);
        }
        boolean bodyless = Framing.isBodyless(status) && status != 101;
        announced = bodyless ? read.fields().getFirst("Content-Length") : null;
        served = bodyless ? read.withoutFraming(head, end) : 0;
        ByteBuffer rest = ByteBuffer.wrap(head, end, length - end);
        int good = state == State.LENGTH || state == State.CHUNKED ? body(rest) : rest.remaining();
        servedEnd = end + good;
    }

    private void begin(ResponseHeadReader read, int status) {
        String counted = read.fields().getFirst("Content-Length");
        remaining = counted == null ? 0 : Long.parseLong(counted);
        if (headRequest || Framing.isBodyless(status) || counted != null && remaining == 0) {
            state = State.IDLE;
        } else if (counted != null) {
            state = State.LENGTH;
        } else if (read.fields().contains("Transfer-Encoding")) {
            state = State.CHUNKED;
            chunks = new ChunkGuard(limits);
        } else {
            state = State.CLOSE;
        }
    }

    /** How many of these bytes may pass. What follows the body may, for it has the connection closed. */
    private int body(ByteBuffer bytes) {
        if (state == State.LENGTH) {
            remaining -= bytes.remaining();
            state = remaining <= 0 ? State.IDLE : State.LENGTH;
            return bytes.remaining();
        }
        ChunkGuard guard = chunks;
        if (guard == null) {
            return bytes.remaining();
        }
        int good = guard.accept(bytes);
        if (guard.hasEnded()) {
            state = State.IDLE;
            return bytes.remaining();
        }
        return good;
    }
}
