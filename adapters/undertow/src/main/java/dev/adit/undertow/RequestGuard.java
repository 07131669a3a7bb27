package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.DateUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Reads the heads of one client's requests before Undertow does, strictly, and refuses what has two readings. Undertow takes
 * unknown versions for HTTP/1.1, unfolds lines, decides about hosts and targets by itself and answers everything 400; so it
 * only gets to see what it needs to find a body and to keep the connection: the head that core sees is {@link #head}.
 *
 * <pre>
 *            line                     empty line            all of it was read
 *   LINE ───────────▶ FIELDS ────────────────────▶ BODY ───────────────────────▶ LINE
 *    │ │                │ late: 408, bad: 4xx, 505
 *    │ └────────────────┴──────────▶ REFUSED: answered, what still comes is thrown away, for a while
 *    └── HTTP/2's preface, or 101 ──▶ PASS: everything passes
 * </pre>
 *
 * No byte of a request is taken in before the one before it is answered, but for what came along.
 */
final class RequestGuard extends GuardConduit {
    /** A request's head as it came. */
    record Head(String method, String target, HttpVersion version, HeaderMap fields) {}

    private enum State {
        LINE,
        FIELDS,
        LENGTH,
        CHUNKED,
        PREFACE,
        PASS,
        REFUSED
    }

    private static final int FIRST_BYTES = 2048;
    private static final byte[] NOTHING = {};
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final List<HttpString> SHOWN =
            List.of(Headers.CONTENT_LENGTH, Headers.TRANSFER_ENCODING, Headers.UPGRADE);

    private final StreamConnection connection;
    private final StreamSinkConduit sink;
    private final UndertowLimits limits;
    private State state = State.LINE;
    /** What was read: what is not used yet stands from {@link #start} to {@link #end}. */
    private byte[] bytes = new byte[FIRST_BYTES];

    private int start;
    private int end;
    /** Up to where the current line was searched for its end. */
    private int scanned;

    private int fieldBytes;
    private int count;
    private String method = "";
    private String target = "";
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private HeaderMap fields = new HeaderMap();
    private @Nullable Head head;
    /** What Undertow gets to see of a head. */
    private byte[] shown = NOTHING;

    private int shownAt;
    private long remaining;
    private @Nullable ChunkGuard chunks;
    private XnioExecutor.@Nullable Key late;

    private RequestGuard(StreamConnection connection, UndertowLimits limits) {
        super(connection.getSourceChannel().getConduit());
        this.connection = connection;
        this.sink = connection.getSinkChannel().getConduit();
        this.limits = limits;
    }

    /** Puts a guard in front of a connection that was accepted just now. */
    static void install(StreamConnection connection, UndertowLimits limits) {
        connection.getSourceChannel().setConduit(new RequestGuard(connection, limits));
    }

    /** The guard of the connection that {@code exchange} is on, if it has one that does not just let everything pass. */
    static @Nullable RequestGuard of(HttpServerExchange exchange) {
        boolean guarded = exchange.getConnection() instanceof HttpServerConnection http1
                && http1.getOriginalSourceConduit() instanceof RequestGuard;
        return guarded
                ? (RequestGuard) ((HttpServerConnection) exchange.getConnection()).getOriginalSourceConduit()
                : null;
    }

    /** The head of the request under way, or null where no guard reads it. */
    static @Nullable Head headOf(HttpServerExchange exchange) {
        RequestGuard guard = of(exchange);
        return guard == null ? null : guard.head;
    }

    /** The trailer fields of the request's body, or null. */
    @Nullable
    HeaderMap trailers() {
        return chunks == null ? null : chunks.trailers();
    }

    /** From here on everything passes. */
    void pass() {
        state = State.PASS;
    }

    /** Reads what comes while a request is answered, without a look at it: -1 at the end, else what is waiting. */
    int ahead() throws IOException {
        if (start == end) {
            int read = fill();
            if (read < 0) {
                return read;
            }
        }
        return end - start;
    }

    @Override
    public void resumeReads() {
        boolean inHead = state == State.LINE || state == State.FIELDS || state == State.PREFACE;
        boolean waiting = start < end && (!inHead || scanned < end);
        if (waiting || shownAt < shown.length || chunks != null && chunks.isBroken()) {
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
                case LINE, FIELDS -> {
                    if (!readHead()) {
                        int read = fill();
                        if (read <= 0) {
                            return read;
                        }
                    }
                }
                case PREFACE -> {
                    if (!readPreface()) {
                        int read = fill();
                        if (read <= 0) {
                            return read;
                        }
                    }
                }
                case LENGTH -> {
                    return counted(to);
                }
                case CHUNKED -> {
                    return chunked(to);
                }
                case PASS -> {
                    return start < end ? copy(to, end - start) : next.read(to);
                }
                case REFUSED -> {
                    return discard();
                }
            }
        }
    }

    private int fill() throws IOException {
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            scanned = Math.max(0, scanned - start);
            start = 0;
        }
        if (end == bytes.length) {
            // Bounded: a line that is too long is refused before.
            bytes = Arrays.copyOf(bytes, end * 2);
        }
        int read = next.read(ByteBuffer.wrap(bytes, end, bytes.length - end));
        if (read > 0) {
            end += read;
        }
        return read;
    }

    // Heads

    /** Goes through the lines that are here; returns whether the head is complete, or refused. */
    private boolean readHead() throws IOException {
        try {
            // With a head to show, the next one waits until it is asked for.
            while ((state == State.LINE || state == State.FIELDS) && shownAt == shown.length) {
                int lineEnd = endOfLine();
                if (lineEnd < 0) {
                    if (start < end || state == State.FIELDS) {
                        startClock();
                    }
                    return false;
                }
                int from = start;
                start = lineEnd + 2;
                scanned = start;
                readLine(from, lineEnd);
            }
            stopClock();
        } catch (BadMessageException e) {
            refuse(e.status());
        }
        return true;
    }

    /** The index of the CR that ends the current line, or -1. */
    private int endOfLine() throws BadMessageException {
        int i = Math.max(scanned, start);
        for (; i < end; i++) {
            if (bytes[i] == '\n' && (i == start || bytes[i - 1] != '\r')) {
                throw new BadMessageException("a bare LF");
            }
            if (bytes[i] == '\n') {
                checkLength(i - start);
                return i - 1;
            }
        }
        scanned = i;
        checkLength(i - start);
        return -1;
    }

    private void checkLength(int lineLength) throws BadMessageException {
        if (state == State.LINE && lineLength > limits.requestLineBytes() + 1) {
            throw new BadMessageException(414, "a request line that is too long");
        }
        if (state == State.FIELDS && fieldBytes + lineLength > limits.headerBytes() + 1) {
            throw new BadMessageException(431, "fields that are too long");
        }
    }

    private void readLine(int from, int to) throws BadMessageException {
        if (state == State.LINE) {
            // RFC 9112 section 2.2: an empty line before a request is ignored.
            if (to > from) {
                readRequestLine(from, to);
            }
        } else if (to > from) {
            fieldBytes += to - from + 2;
            Lines.readField(bytes, from, to, fields);
            count++;
            if (count > limits.headerFields()) {
                throw new BadMessageException(431, "too many fields");
            }
        } else {
            endHead();
        }
    }

    private void readRequestLine(int from, int to) throws BadMessageException {
        Lines.checkText(bytes, from, to);
        String line = Lines.text(bytes, from, to);
        if (head == null && line.equals("PRI * HTTP/2.0")) {
            start = from;
            state = State.PREFACE;
            return;
        }
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || last <= first + 1 || line.indexOf(' ', first + 1) != last || line.indexOf('\t') >= 0) {
            throw new BadMessageException("not a request line");
        }
        String protocol = line.substring(last + 1);
        if (!protocol.matches("HTTP/[0-9]\\.[0-9]")) {
            throw new BadMessageException("not a request line");
        }
        if (!protocol.equals("HTTP/1.1") && !protocol.equals("HTTP/1.0")) {
            throw new BadMessageException(505, "another version");
        }
        method = line.substring(0, first);
        target = line.substring(first + 1, last);
        version = protocol.equals("HTTP/1.1") ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        fields = new HeaderMap();
        fieldBytes = 0;
        count = 0;
        state = State.FIELDS;
    }

    /** Looks whether what began like HTTP/2's preface is one (RFC 9113 section 3.4); returns false if more is needed. */
    private boolean readPreface() {
        int here = Math.min(end - start, PREFACE.length);
        if (!Arrays.equals(bytes, start, start + here, PREFACE, 0, here)) {
            refuse(505);
            return true;
        }
        scanned = end;
        if (here == PREFACE.length) {
            state = State.PASS;
        }
        return state == State.PASS;
    }

    private void endHead() throws BadMessageException {
        HttpString protocol = version == HttpVersion.HTTP_1_1 ? Protocols.HTTP_1_1 : Protocols.HTTP_1_0;
        if (!Framing.isClear(fields, protocol)) {
            throw new BadMessageException("where its body ends has two readings");
        }
        head = new Head(method, target, version, fields);
        chunks = null;
        String length = fields.getFirst(Headers.CONTENT_LENGTH);
        remaining = length == null ? 0 : Long.parseLong(length);
        if (fields.contains(Headers.TRANSFER_ENCODING)) {
            chunks = new ChunkGuard(limits);
            state = State.CHUNKED;
        } else {
            state = remaining > 0 ? State.LENGTH : State.LINE;
        }
        shown = shown().getBytes(StandardCharsets.ISO_8859_1);
        shownAt = 0;
    }

    private String shown() {
        HeaderView view = new HeaderView(fields);
        StringBuilder text = new StringBuilder(method.equals("HEAD") ? "HEAD" : "POST");
        text.append(" / ").append(version == HttpVersion.HTTP_1_1 ? "HTTP/1.1" : "HTTP/1.0");
        text.append("\r\nHost: adit\r\n");
        for (HttpString name : SHOWN) {
            String value = fields.getFirst(name);
            if (value != null) {
                text.append(name).append(": ").append(value).append("\r\n");
            }
        }
        if (view.lists(Headers.CONNECTION, "close")) {
            text.append("Connection: close\r\n");
        } else if (version == HttpVersion.HTTP_1_0 && view.lists(Headers.CONNECTION, "keep-alive")) {
            text.append("Connection: keep-alive\r\n");
        }
        if (view.lists(Headers.EXPECT, "100-continue")) {
            text.append("Expect: 100-continue\r\n");
        }
        return text.append("\r\n").toString();
    }

    // Bodies

    private int copy(ByteBuffer to, int most) {
        int length = Math.min(Math.min(most, end - start), to.remaining());
        to.put(bytes, start, length);
        start += length;
        return length;
    }

    private int counted(ByteBuffer to) throws IOException {
        int read;
        if (start < end) {
            read = copy(to, (int) Math.min(remaining, Integer.MAX_VALUE));
        } else {
            int limit = to.limit();
            to.limit(to.position() + (int) Math.min(remaining, to.remaining()));
            try {
                read = next.read(to);
            } finally {
                to.limit(limit);
            }
        }
        remaining -= Math.max(0, read);
        state = remaining == 0 ? State.LINE : State.LENGTH;
        return read;
    }

    private int chunked(ByteBuffer to) throws IOException {
        ChunkGuard guard = Objects.requireNonNull(chunks);
        if (start == end && !guard.isBroken()) {
            int read = fill();
            if (read <= 0) {
                return read;
            }
        }
        int good = guard.accept(ByteBuffer.wrap(bytes, start, Math.min(end - start, to.remaining())));
        state = guard.hasEnded() ? State.LINE : State.CHUNKED;
        if (guard.isBroken()) {
            throw new BadMessageException("a broken chunk");
        }
        return copy(to, good);
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
        start = end;
        String answer = "HTTP/1.1 " + status + " " + StatusCodes.getReason(status) + "\r\nDate: "
                + DateUtils.toDateString(new Date()) + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        try {
            sink.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1)));
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

    private int discard() throws IOException {
        ByteBuffer scratch = ByteBuffer.wrap(bytes);
        int read;
        do {
            scratch.clear();
            read = next.read(scratch);
        } while (read > 0);
        return read;
    }
}
