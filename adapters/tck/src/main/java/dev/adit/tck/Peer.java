package dev.adit.tck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** One end of one connection, played by a script. */
final class Peer {
    private static final Pattern MEGABYTES = Pattern.compile("(raw )?(\\d+) MiB");
    private static final Pattern TIMES = Pattern.compile("(\\d+) times (.+)");
    private static final int PIECE = 64 << 10;
    /** Prime, so that a piece that is lost, doubled or moved shows. */
    private static final int PERIOD = 251;

    private static final byte[] PATTERN = new byte[PIECE + PERIOD];

    static {
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) (i % PERIOD);
        }
    }

    private final Wire wire;
    private final MessageReader reader;

    Peer(Wire wire) {
        this.wire = wire;
        this.reader = new MessageReader(wire);
    }

    Wire wire() {
        return wire;
    }

    /** Does one step: a verb of {@code text} and what belongs to it. */
    void perform(String text, List<String> block) throws IOException {
        String[] words = text.split(" ", 2);
        String rest = words.length > 1 ? words[1].strip() : "";
        switch (words[0]) {
            case "sends" -> send(rest, block);
            case "receives" -> receive(rest, block);
            case "is" -> expectEnd(rest);
            case "stops" -> wire.pause(true);
            case "reads" -> wire.pause(false);
            case "ends" -> wire.finish();
            case "closes" -> wire.close();
            case "resets" -> wire.reset();
            default -> throw new IllegalArgumentException("cannot be done: " + text);
        }
    }

    // Sending

    private void send(String how, List<String> block) {
        Matcher megabytes = MEGABYTES.matcher(how);
        if (megabytes.matches()) {
            wire.send(pattern(Long.parseLong(megabytes.group(2)) << 20));
        } else if (how.equals("byte by byte")) {
            byte[] bytes = Text.message(block);
            wire.send(IntStream.range(0, bytes.length)
                    .mapToObj(i -> new byte[] {bytes[i]})
                    .iterator());
        } else if (how.isEmpty()) {
            wire.send(Text.message(block));
        } else {
            throw new IllegalArgumentException("cannot send " + how);
        }
    }

    private static Iterator<byte[]> pattern(long length) {
        return LongStream.range(0, (length + PIECE - 1) / PIECE)
                .mapToObj(i -> patternAt(i * PIECE, (int) Math.min(PIECE, length - i * PIECE)))
                .iterator();
    }

    private static byte[] patternAt(long offset, int length) {
        int start = (int) (offset % PERIOD);
        return Arrays.copyOfRange(PATTERN, start, start + length);
    }

    // Receiving

    private void receive(String what, List<String> block) {
        Matcher megabytes = MEGABYTES.matcher(what);
        Matcher times = TIMES.matcher(what);
        if (times.matches()) {
            for (int i = Integer.parseInt(times.group(1)); i > 0; i--) {
                receiveMessage(head(times.group(2)), Expectation.of(block));
            }
        } else if (megabytes.matches()) {
            receivePattern(Long.parseLong(megabytes.group(2)) << 20, megabytes.group(1) != null);
        } else if (what.equals("exactly")) {
            receiveExactly(Text.message(block));
        } else if (what.equals("data")) {
            receiveData(Text.message(block));
        } else if (what.equals("end")) {
            Expectation.of(block).checkBody(rest(), reader.trailers());
        } else if (what.equals("torn") || what.equals("torn by reset")) {
            receiveTorn(what.endsWith("reset"));
        } else if (what.equals("head") || what.startsWith("head ")) {
            Expectation.of(block).checkHead(head(what.substring("head".length()).strip()), reader.framing());
        } else if (what.startsWith("finally ")) {
            receiveFinally(what.substring("finally ".length()), Expectation.of(block));
        } else {
            receiveMessage(head(what), Expectation.of(block));
        }
    }

    private Message head(String start) {
        return require(start, reader.head());
    }

    private Message require(String start, Message head) {
        boolean matches = start.isEmpty()
                || (head.isResponse()
                        ? Arrays.asList(start.split("\\|")).contains(Integer.toString(head.status()))
                        : (head.start() + " ").startsWith(Text.decode(start) + " "));
        if (!matches) {
            throw new AssertionError(
                    "expected " + start + " on " + wire.name + ", not " + Text.show(Text.bytes(head.start()), 200));
        }
        return head;
    }

    /** The first message that is no interim answer. */
    private void receiveFinally(String start, Expectation expectation) {
        Message head = reader.head();
        while (head.status() < 200) {
            head = reader.head();
        }
        receiveMessage(require(start, head), expectation);
    }

    private void receiveMessage(Message head, Expectation expectation) {
        expectation.checkHead(head, reader.framing());
        expectation.checkBody(rest(), reader.trailers());
    }

    /** The rest of the body. */
    private String rest() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece = reader.body(PIECE); piece.length > 0; piece = reader.body(PIECE)) {
            out.writeBytes(piece);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** The next bytes of the body are these. */
    private void receiveData(byte[] expected) {
        byte[] actual = new byte[expected.length];
        int at = 0;
        while (at < expected.length) {
            byte[] piece = reader.body(expected.length - at);
            if (piece.length == 0) {
                break;
            }
            System.arraycopy(piece, 0, actual, at, piece.length);
            at += piece.length;
        }
        requireEqual(expected, Arrays.copyOf(actual, at));
    }

    /** The next bytes on the wire are these, whatever they mean. */
    private void receiveExactly(byte[] expected) {
        ByteArrayOutputStream actual = new ByteArrayOutputStream();
        while (actual.size() < expected.length) {
            byte[] piece = wire.read(expected.length - actual.size());
            if (piece.length == 0) {
                break;
            }
            actual.writeBytes(piece);
        }
        requireEqual(expected, actual.toByteArray());
    }

    private void requireEqual(byte[] expected, byte[] actual) {
        if (!Arrays.equals(expected, actual)) {
            throw new AssertionError("expected on " + wire.name + ":\n" + Text.show(expected, 400) + "\nnot:\n"
                    + Text.show(actual, 400));
        }
    }

    /** @param raw whether the bytes are no body but all that comes on the wire */
    private void receivePattern(long length, boolean raw) {
        for (long at = 0; at < length; ) {
            int most = (int) Math.min(PIECE, length - at);
            byte[] piece = raw ? wire.read(most) : reader.body(most);
            if (piece.length == 0 || !Arrays.equals(piece, patternAt(at, piece.length))) {
                throw new AssertionError(
                        "what " + wire.name + " received differs from what was sent at or after byte " + at);
            }
            at += piece.length;
        }
    }

    private void receiveTorn(boolean byReset) {
        try {
            rest();
        } catch (Torn torn) {
            if (byReset && torn.end != Wire.End.RESET) {
                throw new AssertionError(wire.name + " was not reset", torn);
            }
            return;
        }
        throw new AssertionError("the message on " + wire.name + " looks complete: "
                + reader.lastHead().start());
    }

    private void expectEnd(String how) {
        if (how.equals("sent")) {
            wire.awaitSent();
            return;
        }
        Wire.End end = wire.awaitEnd();
        if (how.equals("cut off")) {
            wire.read(PIECE);
            return;
        }
        byte[] unread = wire.unread();
        if (unread.length > 0) {
            throw new AssertionError(
                    "expected nothing more on " + wire.name + " but its end:\n" + Text.show(unread, 500));
        }
        boolean matches = switch (how) {
            case "closed" -> true;
            case "ended" -> end == Wire.End.FINISHED;
            case "reset" -> end == Wire.End.RESET;
            default -> throw new IllegalArgumentException("cannot be " + how);
        };
        if (!matches) {
            throw new AssertionError(wire.name + " is not " + how + " but " + end);
        }
    }
}
