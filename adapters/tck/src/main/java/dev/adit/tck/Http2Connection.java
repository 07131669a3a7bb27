package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The judge's end of one HTTP/2 connection, on a {@link Wire}. Frames are read on a thread of their own, which does at once
 * what cannot wait for a script: it acknowledges settings and pings, and sends on what waited for a window. The rest waits
 * in its {@link Http2Stream}. The peer's windows open as the script receives.
 *
 * <pre>
 *   script --> Http2Stream --frames, as the windows allow--> wire
 *   script &lt;-- Http2Stream &lt;--heads, data, resets-- reader &lt;-- wire
 *                                     the reader --acknowledgements--> wire
 * </pre>
 */
final class Http2Connection {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static final int FIRST_WINDOW = 65_535;

    private static final int MOST_LOGGED = 60;

    private final Wire wire;
    private final Moment moment;
    private final boolean server;
    private final Hpack table = new Hpack();
    private final Map<Integer, Http2Stream> streams = new TreeMap<>();
    /** The streams that the peer opened, in order. */
    private final List<Http2Stream> opened = new ArrayList<>();

    private final List<String> log = new ArrayList<>();

    private long sendWindow = FIRST_WINDOW;
    private int streamWindow = FIRST_WINDOW;
    /** What the peer may still send on the connection. */
    private long receiveWindow = FIRST_WINDOW;
    /** What the peer may send on a new stream, as far as it has acknowledged our settings. */
    private int receiveStreamWindow = FIRST_WINDOW;
    /** The window that each of our settings asks for which the peer has not acknowledged, or that of before. */
    private final Deque<Integer> announced = new ArrayDeque<>();

    private boolean keepsWindows;
    private boolean silent;
    private boolean settled;
    private int pongs;
    private int lastSent = -1;
    private @Nullable Http2Frame goAway;
    private @Nullable String broken;
    private boolean ended;

    private Http2Connection(Wire wire, Moment moment, boolean server) {
        this.wire = wire;
        this.moment = moment;
        this.server = server;
    }

    /** A client's, that has sent its preface, and sends settings as {@code block} lists them. */
    static Http2Connection client(Wire wire, Moment moment, List<String> block, Executor threads) {
        Http2Connection connection = new Http2Connection(wire, moment, false);
        connection.begin(block, threads);
        return connection;
    }

    /** An upstream's, that has sent settings as {@code block} lists them. */
    static Http2Connection server(Wire wire, Moment moment, List<String> block, Executor threads) {
        Http2Connection connection = new Http2Connection(wire, moment, true);
        connection.begin(block, threads);
        return connection;
    }

    private void begin(List<String> settings, Executor threads) {
        announce(Http2Frame.settings(settings));
        threads.execute(this::receive);
    }

    /** Sends settings of ours. */
    void announce(Http2Frame settings) {
        synchronized (moment) {
            announced.add(settings.setting(Http2Frame.INITIAL_WINDOW_SIZE, -1));
            settled = false;
            send(settings);
        }
    }

    Wire wire() {
        return wire;
    }

    Moment moment() {
        return moment;
    }

    // Receiving

    private void receive() {
        String wrong = null;
        try {
            if (server && !new String(wire.take(PREFACE.length()), StandardCharsets.ISO_8859_1).equals(PREFACE)) {
                throw new AssertionError("no preface of HTTP/2");
            }
            for (Http2Frame frame = next(); frame != null; frame = next()) {
                receive(frame);
            }
        } catch (AssertionError | RuntimeException e) {
            wrong = String.valueOf(e.getMessage());
        }
        synchronized (moment) {
            broken = wrong;
            ended = true;
            moment.changed();
        }
    }

    private @Nullable Http2Frame next() {
        byte[] head = wire.take(Http2Frame.HEAD);
        if (head.length < Http2Frame.HEAD) {
            return null;
        }
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff;
        if (length > Http2Frame.MAX_PAYLOAD) {
            throw new AssertionError("a frame of " + length + " bytes, which nobody allowed (RFC 9113 section 4.2)");
        }
        byte[] payload = wire.take(length);
        if (payload.length < length) {
            return null;
        }
        int stream = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | head[8] & 0xff;
        return new Http2Frame(head[3] & 0xff, head[4] & 0xff, stream, payload);
    }

    private void receive(Http2Frame frame) {
        Http2Frame whole = frame.type() == Http2Frame.HEADERS ? withContinuations(frame) : frame;
        synchronized (moment) {
            if (whole.type() == Http2Frame.HEADERS) {
                List<Field> fields = table.decode(whole.content());
                log("received HEADERS " + whole.stream() + (whole.has(Http2Frame.END_STREAM) ? " END_STREAM " : " ")
                        + fields);
                stream(whole).head(fields, whole.has(Http2Frame.END_STREAM));
            } else {
                log("received " + whole);
                handle(whole);
            }
            moment.changed();
        }
    }

    private Http2Frame withContinuations(Http2Frame first) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(first.content());
        int flags = first.flags();
        while ((flags & Http2Frame.END_HEADERS) == 0) {
            Http2Frame more = next();
            if (more == null || more.type() != Http2Frame.CONTINUATION || more.stream() != first.stream()) {
                throw new AssertionError("a header block that does not go on (RFC 9113 section 6.10): " + more);
            }
            block.writeBytes(more.payload());
            flags |= more.flags() & Http2Frame.END_HEADERS;
        }
        return new Http2Frame(
                Http2Frame.HEADERS, first.flags() & Http2Frame.END_STREAM, first.stream(), block.toByteArray());
    }

    private void handle(Http2Frame frame) {
        switch (frame.type()) {
            case Http2Frame.DATA -> data(frame);
            case Http2Frame.RST_STREAM -> stream(frame).reset(frame.number(0));
            case Http2Frame.SETTINGS -> settings(frame);
            case Http2Frame.PING -> ping(frame);
            case Http2Frame.WINDOW_UPDATE -> window(frame);
            case Http2Frame.GOAWAY -> goAway = frame;
            case Http2Frame.PUSH_PROMISE -> throw new AssertionError("nobody may push through a gateway");
            default -> {}
        }
    }

    private void data(Http2Frame frame) {
        int length = frame.payload().length;
        receiveWindow -= length;
        if (receiveWindow < 0) {
            throw new AssertionError("more data than the connection's window allows (RFC 9113 section 5.2.1)");
        }
        stream(frame).data(frame.content(), length, frame.has(Http2Frame.END_STREAM));
    }

    /** The stream of a frame that came; the peer of an upstream may open one by HEADERS. */
    private Http2Stream stream(Http2Frame frame) {
        Http2Stream known = streams.get(frame.stream());
        if (known != null) {
            return known;
        }
        if (!server || frame.type() != Http2Frame.HEADERS || frame.stream() % 2 == 0) {
            throw new AssertionError("a frame of a stream that nobody opened: " + frame);
        }
        Http2Stream stream = add(frame.stream(), wire.name() + " stream " + (2 * opened.size() + 1));
        opened.add(stream);
        return stream;
    }

    private Http2Stream add(int id, String name) {
        Http2Stream stream = new Http2Stream(this, name, id, server, streamWindow, receiveStreamWindow);
        streams.put(id, stream);
        return stream;
    }

    private void settings(Http2Frame frame) {
        if (frame.has(Http2Frame.ACK)) {
            acknowledged();
            return;
        }
        int size = frame.setting(Http2Frame.INITIAL_WINDOW_SIZE, streamWindow);
        int by = size - streamWindow;
        streamWindow = size;
        streams.values().forEach(stream -> stream.widen(by));
        acknowledge(new Http2Frame(Http2Frame.SETTINGS, Http2Frame.ACK, 0, new byte[0]));
        flush();
    }

    private void acknowledged() {
        Integer size = announced.poll();
        settled = announced.isEmpty();
        if (size != null && size >= 0) {
            int by = size - receiveStreamWindow;
            receiveStreamWindow = size;
            streams.values().forEach(stream -> stream.allow(by));
        }
    }

    private void ping(Http2Frame frame) {
        if (frame.has(Http2Frame.ACK)) {
            pongs++;
        } else {
            acknowledge(new Http2Frame(Http2Frame.PING, Http2Frame.ACK, 0, frame.payload()));
        }
    }

    private void acknowledge(Http2Frame frame) {
        if (!silent) {
            send(frame);
        }
    }

    private void window(Http2Frame frame) {
        if (frame.stream() == 0) {
            sendWindow += frame.number(0);
            flush();
        } else {
            stream(frame).widen(frame.number(0));
        }
    }

    private void flush() {
        streams.values().forEach(Http2Stream::flush);
    }

    /** Takes from the connection's window what a stream wants to send; may be less, or nothing. */
    int claim(int wanted) {
        int granted = (int) Math.max(0, Math.min(wanted, sendWindow));
        sendWindow -= granted;
        return granted;
    }

    /** The script has received that much of a stream, which the peer may send again. */
    void received(Http2Stream stream, int length, boolean more) {
        synchronized (moment) {
            if (length > 0 && !keepsWindows && !ended) {
                open(length);
                if (more) {
                    stream.open(length);
                }
            }
        }
    }

    /** Lets the peer send that much more on the connection. */
    void open(int length) {
        synchronized (moment) {
            receiveWindow += length;
            send(Http2Frame.ofNumber(Http2Frame.WINDOW_UPDATE, 0, length));
        }
    }

    // Sending

    void send(Http2Frame frame) {
        send(List.of(frame));
    }

    void send(List<Http2Frame> frames) {
        synchronized (moment) {
            for (Http2Frame frame : frames) {
                log("sent " + frame);
                wire.send(frame.bytes());
            }
        }
    }

    /** Sends the frames of {@code lines} again and again, in the background; next is another odd stream each time. */
    void send(List<String> lines, int times) {
        synchronized (moment) {
            log("sent " + (times == 1 ? "" : times + " times ") + lines);
            for (String line : lines) {
                Http2Frame.of(line, next -> 1);
            }
            wire.send(new Iterator<>() {
                private int left = times;

                @Override
                public boolean hasNext() {
                    return left > 0;
                }

                @Override
                public byte[] next() {
                    left--;
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    lines.forEach(line -> out.writeBytes(Http2Frame.of(line, Http2Connection.this::nextStream)
                            .bytes()));
                    return out.toByteArray();
                }
            });
        }
    }

    private int nextStream(int step) {
        synchronized (moment) {
            lastSent += 2 * step;
            return ours(lastSent).id();
        }
    }

    /** A stream of a client's, which exists as soon as the script speaks of it. */
    private Http2Stream ours(int number) {
        Http2Stream known = streams.get(number);
        return known == null ? add(number, wire.name() + " stream " + number) : known;
    }

    // What the script asks for

    /** A client's stream by its number; an upstream's by 1, 3, 5 ... in the order in which they were opened. */
    Http2Stream stream(int number) {
        if (!server) {
            synchronized (moment) {
                return ours(number);
            }
        }
        int index = (number - 1) / 2;
        await("stream " + number + " of " + wire.name(), () -> opened.size() > index);
        synchronized (moment) {
            return opened.get(index);
        }
    }

    /** Waits; fails if the connection ends before that. */
    void await(String what, BooleanSupplier condition) {
        awaitOrEnd(what, condition);
        synchronized (moment) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError(
                        "the connection of " + wire.name() + " ended before " + what + ": " + reason());
            }
        }
    }

    /** Waits for something, or for the end of the connection; fails if that breaks a rule. */
    void awaitOrEnd(String what, BooleanSupplier condition) {
        moment.await(what, () -> condition.getAsBoolean() || ended);
        synchronized (moment) {
            if (broken != null) {
                throw new AssertionError("on " + wire.name() + ": " + broken);
            }
        }
    }

    /** How the connection ended, for messages and for those who wait for a stream's end. */
    String reason() {
        synchronized (moment) {
            return goAway == null ? "without GOAWAY" : goAway.toString();
        }
    }

    /** The error code of the last GOAWAY; -1 if none came. */
    int goAwayCode() {
        synchronized (moment) {
            return goAway == null ? -1 : goAway.number(4);
        }
    }

    /** Waits until the connection has ended and everything that came on it was looked at. */
    void awaitEnd() {
        awaitOrEnd("the end of " + wire.name(), () -> false);
    }

    /** A ping and its answer: all that was sent before has been read by then. */
    void ping() {
        int before;
        synchronized (moment) {
            before = pongs;
            send(new Http2Frame(Http2Frame.PING, 0, 0, Text.bytes("are you?")));
        }
        await("the answer to a ping of " + wire.name(), () -> pongs > before);
    }

    void awaitSettled() {
        await("the acknowledgement of the settings of " + wire.name(), () -> settled);
    }

    void awaitGoAway() {
        await("GOAWAY for " + wire.name(), () -> goAway != null);
    }

    void keepWindows() {
        synchronized (moment) {
            keepsWindows = true;
        }
    }

    void acknowledgeNothing() {
        synchronized (moment) {
            silent = true;
        }
    }

    /** Heads and data that no script has read, for each stream; nothing if the script cut the connection off. */
    List<String> unread() {
        synchronized (moment) {
            List<String> unread = new ArrayList<>();
            streams.values().forEach(stream -> unread.addAll(stream.unread()));
            return unread;
        }
    }

    /** Forgets what came. */
    void discard() {
        synchronized (moment) {
            streams.values().forEach(Http2Stream::discard);
        }
    }

    private void log(String line) {
        log.add(line.length() > 300 ? line.substring(0, 300) + " ..." : line);
        if (log.size() > 2 * MOST_LOGGED) {
            log.subList(MOST_LOGGED, log.size() - MOST_LOGGED + 1).clear();
            log.set(MOST_LOGGED, "...");
        }
    }

    /** The frames that came and went, for messages about failures. */
    String transcript() {
        synchronized (moment) {
            return wire.name() + ", HTTP/2, " + wire.ending() + "\n"
                    + String.join("\n", log).indent(4);
        }
    }
}
