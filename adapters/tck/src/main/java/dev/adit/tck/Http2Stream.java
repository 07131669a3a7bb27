package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The judge's end of one HTTP/2 stream, played by a script. Everything but the steps is under the lock of the moment.
 *
 * <pre>
 *   script --sends--> outgoing: heads, pieces of data --as the windows allow--> frames
 *   script &lt;--receives-- incoming: heads, data &lt;-- frames
 *                        reset or the end of the connection, after what came before it
 * </pre>
 */
final class Http2Stream implements Actor, Sender {
    private static final Pattern MEGABYTES = Pattern.compile("(\\d+) MiB");
    private static final Pattern REQUEST = Pattern.compile("([A-Z]+) (\\S+)");
    private static final int NOT_RESET = -1;

    /** What the peer sent: fields, or data. */
    private record Incoming(@Nullable List<Field> fields, byte[] data, int charged, boolean end) {}

    /** What is to be sent: a head, or pieces of data. */
    private record Outgoing(byte @Nullable [] block, Iterator<byte[]> pieces, boolean end) {}

    private final Http2Connection connection;
    private final Moment moment;
    private final String name;
    private final int id;
    private final boolean server;
    private final Receiver receiver;

    private final Deque<Incoming> incoming = new ArrayDeque<>();
    private final Deque<Outgoing> outgoing = new ArrayDeque<>();
    private byte[] piece = {};
    /** What we may send. */
    private long window;
    /** What the peer may send. */
    private long receiveWindow;

    private long written;
    private int resetCode = NOT_RESET;
    /** The script has sent its end. */
    private boolean ended;
    /** The script knows how the peer has ended it. */
    private boolean expectedToEnd;
    /** The peer has sent its end. */
    private boolean answered;
    /** The script has reset it, and minds nothing that crosses that on the way. */
    private boolean abandoned;

    Http2Stream(Http2Connection connection, String name, int id, boolean server, long window, long receiveWindow) {
        this.connection = connection;
        this.moment = connection.moment();
        this.name = name;
        this.id = id;
        this.window = window;
        this.receiveWindow = receiveWindow;
        this.server = server;
        this.receiver = new Receiver(new Http2Messages(this, server));
    }

    @Override
    public String name() {
        return name;
    }

    int id() {
        return id;
    }

    @Override
    public Sender sender() {
        return this;
    }

    // Told by the connection

    void head(List<Field> fields, boolean end) {
        answered |= end;
        incoming.add(new Incoming(fields, new byte[0], 0, end));
    }

    void data(byte[] data, int charged, boolean end) {
        receiveWindow -= charged;
        if (receiveWindow < 0 && charged > 0) {
            throw new AssertionError("more data on " + name + " than its window allows (RFC 9113 section 5.2.1)");
        }
        answered |= end;
        incoming.add(new Incoming(null, data, charged, end));
    }

    /** The first code counts: a peer may repeat itself where frames of ours cross it (RFC 9113 section 5.4.2). */
    void reset(int code) {
        resetCode = resetCode == NOT_RESET ? code : resetCode;
        outgoing.clear();
    }

    void widen(int by) {
        window += by;
        flush();
    }

    /** The peer may send that much more. */
    void allow(int more) {
        receiveWindow += more;
    }

    /** Tells the peer that it may send that much more. */
    void open(int length) {
        synchronized (moment) {
            allow(length);
            connection.send(Http2Frame.ofNumber(Http2Frame.WINDOW_UPDATE, id, length));
        }
    }

    /** Sends what the windows allow. */
    void flush() {
        while (!outgoing.isEmpty()) {
            Outgoing next = outgoing.element();
            if (next.block != null) {
                connection.send(Http2Frame.headers(id, next.block, next.end));
                outgoing.remove();
            } else if (piece.length == 0 && next.pieces.hasNext()) {
                piece = next.pieces.next();
            } else if (!sendPiece(next)) {
                return;
            }
        }
    }

    /** Sends a frame of the current piece; false if a window is closed. */
    private boolean sendPiece(Outgoing of) {
        int wanted = (int) Math.min(Math.min(piece.length, Http2Frame.MAX_PAYLOAD), Math.max(0, window));
        int n = connection.claim(wanted);
        if (n == 0 && piece.length > 0) {
            return false;
        }
        byte[] payload = Arrays.copyOf(piece, n);
        piece = Arrays.copyOfRange(piece, n, piece.length);
        window -= n;
        written += n;
        boolean last = piece.length == 0 && !of.pieces.hasNext();
        if (last) {
            outgoing.remove();
        }
        boolean end = last && of.end;
        if (n > 0 || end) {
            connection.send(new Http2Frame(Http2Frame.DATA, end ? Http2Frame.END_STREAM : 0, id, payload));
        }
        return true;
    }

    @Override
    public boolean isSending() {
        synchronized (moment) {
            return !outgoing.isEmpty();
        }
    }

    @Override
    public long written() {
        synchronized (moment) {
            return written;
        }
    }

    /** What nobody has received. */
    List<String> unread() {
        List<String> unread = new ArrayList<>();
        if (abandoned) {
            return unread;
        }
        for (Incoming one : incoming) {
            if (one.fields != null) {
                unread.add(name + ": HEADERS " + one.fields);
            } else if (one.data.length > 0) {
                unread.add(name + ": DATA " + Text.show(one.data, 200));
            }
        }
        // An upstream whose answer was bad may be told so; after an answer, that nobody reads the rest of its request.
        boolean understood = server ? ended : answered && resetCode == Http2Frame.code("CANCEL");
        if (resetCode > 0 && !expectedToEnd && !understood) {
            unread.add(name + ": RST_STREAM " + Http2Frame.codeName(resetCode));
        }
        return unread;
    }

    void discard() {
        incoming.clear();
        abandoned = true;
    }

    // For the messages

    /** Whether the next frame is a head; waits for it. */
    boolean nextIsHead() {
        synchronized (moment) {
            return awaitNext().fields != null;
        }
    }

    private Incoming awaitNext() {
        connection.awaitOrEnd("a frame of " + name, () -> !incoming.isEmpty() || resetCode != NOT_RESET);
        if (incoming.isEmpty()) {
            expectedToEnd = true;
            throw new Torn(
                    name
                            + (resetCode == NOT_RESET
                                    ? ", " + connection.reason()
                                    : ", " + Http2Frame.codeName(resetCode)),
                    resetCode == NOT_RESET ? Wire.End.FINISHED : Wire.End.RESET);
        }
        return incoming.element();
    }

    /** The next head; {@code end[0]} tells whether it ends the stream. */
    List<Field> takeHead(boolean[] end) {
        synchronized (moment) {
            Incoming next = awaitNext();
            if (next.fields == null) {
                throw new AssertionError("expected a head on " + name + ", not DATA " + Text.show(next.data, 200));
            }
            incoming.remove();
            end[0] = next.end;
            return next.fields;
        }
    }

    /** At most that much of the next piece of data, which opens the windows; {@code end[0]} if it was the last. */
    byte[] takeData(int most, boolean[] end) {
        synchronized (moment) {
            Incoming next = incoming.remove();
            int n = Math.min(most, next.data.length);
            byte[] rest = Arrays.copyOfRange(next.data, n, next.data.length);
            if (rest.length > 0) {
                incoming.addFirst(new Incoming(null, rest, next.charged - n, next.end));
            }
            end[0] = next.end && rest.length == 0;
            connection.received(this, rest.length > 0 ? n : next.charged, !next.end);
            return Arrays.copyOf(next.data, n);
        }
    }

    // Steps

    @Override
    public void perform(String text, List<String> block) {
        String[] words = text.split(" ", 2);
        String rest = words.length > 1 ? words[1].strip() : "";
        switch (words[0]) {
            case "sends" -> send(rest, block);
            case "begins" -> request(rest, block, false);
            case "ends" -> send(new Outgoing(null, Collections.emptyIterator(), true));
            case "resets" -> abort(rest.isEmpty() ? "CANCEL" : rest);
            case "opens" -> open(Integer.parseInt(rest));
            case "receives" -> receiver.receive(rest, block);
            case "is" -> expectReset(rest);
            default -> throw new IllegalArgumentException("cannot be done by a stream: " + text);
        }
    }

    private void send(String what, List<String> block) {
        boolean end = what.endsWith(" and ends");
        String kind = end ? what.substring(0, what.length() - " and ends".length()) : what;
        Matcher megabytes = MEGABYTES.matcher(kind);
        if (megabytes.matches()) {
            send(new Outgoing(null, Megabytes.pieces(Long.parseLong(megabytes.group(1)) << 20), end));
        } else if (REQUEST.matcher(kind).matches()) {
            request(kind, block, true);
        } else {
            switch (kind) {
                case "head" -> send(block(fields(block), end));
                case "data" ->
                    send(new Outgoing(null, List.of(Text.message(block)).iterator(), end));
                case "trailers" -> send(block(fields(block), true));
                default -> throw new IllegalArgumentException("cannot be sent on a stream: " + what);
            }
        }
    }

    /** A request for {@code a.test}, with more fields. */
    private void request(String line, List<String> block, boolean end) {
        Matcher request = REQUEST.matcher(line);
        if (!request.matches()) {
            throw new IllegalArgumentException("no METHOD /target: " + line);
        }
        List<Field> fields = new ArrayList<>(List.of(
                new Field(":method", request.group(1)),
                new Field(":scheme", connection.wire().isSecure() ? "https" : "http"),
                new Field(":authority", "a.test"),
                new Field(":path", Text.decode(request.group(2)))));
        fields.addAll(fields(block));
        send(block(fields, end));
    }

    private static Outgoing block(List<Field> fields, boolean end) {
        return new Outgoing(Hpack.encode(fields), Collections.emptyIterator(), end);
    }

    /** A field on each line: its name ends at a colon and a blank, or at the colon that ends the line. */
    private static List<Field> fields(List<String> block) {
        List<Field> fields = new ArrayList<>();
        for (String line : block) {
            int colon = line.indexOf(": ");
            if (colon < 0 && line.endsWith(":")) {
                fields.add(new Field(Text.decode(line.substring(0, line.length() - 1)), ""));
            } else if (colon < 0) {
                throw new IllegalArgumentException("no field: " + line);
            } else {
                fields.add(new Field(Text.decode(line.substring(0, colon)), Text.decode(line.substring(colon + 2))));
            }
        }
        return fields;
    }

    private void send(Outgoing what) {
        synchronized (moment) {
            outgoing.add(what);
            ended |= what.end;
            flush();
        }
    }

    private void abort(String code) {
        synchronized (moment) {
            outgoing.clear();
            abandoned = true;
            connection.send(Http2Frame.ofNumber(Http2Frame.RST_STREAM, id, Http2Frame.code(code)));
        }
    }

    /** @param how {@code reset}, or {@code reset by CODE|CODE}: the stream ends so, or its connection with that code */
    private void expectReset(String how) {
        if (how.equals("sent")) {
            moment.await("everything sent on " + name, () -> outgoing.isEmpty());
            return;
        }
        if (how.equals("let go")) {
            expectLetGo();
            return;
        }
        if (!how.equals("reset") && !how.startsWith("reset by ")) {
            throw new IllegalArgumentException("a stream cannot be " + how);
        }
        synchronized (moment) {
            connection.awaitOrEnd("RST_STREAM for " + name, () -> !incoming.isEmpty() || resetCode != NOT_RESET);
            expectedToEnd = true;
            if (!incoming.isEmpty()) {
                throw new AssertionError("expected RST_STREAM, not " + unread());
            }
            int code = resetCode == NOT_RESET ? connection.goAwayCode() : resetCode;
            List<String> codes =
                    how.equals("reset") ? List.of() : List.of(how.substring(9).split("\\|"));
            if (code < 0 || !codes.isEmpty() && !codes.contains(Http2Frame.codeName(code))) {
                throw new AssertionError("expected " + name + " to be " + how + ", not by "
                        + (code < 0 ? "the end of its connection" : Http2Frame.codeName(code)));
            }
        }
    }

    /** Everything sent on it was taken, or it was reset without an error. */
    private void expectLetGo() {
        synchronized (moment) {
            connection.awaitOrEnd(
                    "the rest of " + name + " to be taken, or its reset",
                    () -> outgoing.isEmpty() || resetCode != NOT_RESET);
            expectedToEnd = true;
            if (resetCode != NOT_RESET && resetCode != Http2Frame.code("NO_ERROR")) {
                throw new AssertionError(name + " was reset by " + Http2Frame.codeName(resetCode));
            }
        }
    }

    /** Whether the peer refuses the stream: by an error, or by a final answer with one of {@code statuses}. */
    void requireRefused(String statuses) {
        try {
            receiver.receive(statuses, List.of());
            // An answer may be followed by RST_STREAM, so that nobody sends the rest of the request.
            expectedToEnd = true;
        } catch (Torn torn) {
            // RST_STREAM, or GOAWAY for all of it: either is a refusal.
            return;
        }
    }
}
