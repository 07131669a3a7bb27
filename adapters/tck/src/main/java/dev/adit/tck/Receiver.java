package dev.adit.tck;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does the steps that receive a message or a part of one, on whatever messages come from. */
final class Receiver {
    private static final Pattern MEGABYTES = Pattern.compile("(\\d+) MiB");
    private static final Pattern TIMES = Pattern.compile("(\\d+) times (.+)");

    private final Messages messages;
    private String cookie = "";

    Receiver(Messages messages) {
        this.messages = messages;
    }

    /** Name and value of the cookie that was set last. */
    String cookie() {
        if (cookie.isEmpty()) {
            throw new AssertionError(messages.name() + " has received no cookie");
        }
        return cookie;
    }

    void receive(String what, List<String> block) {
        Matcher megabytes = MEGABYTES.matcher(what);
        Matcher times = TIMES.matcher(what);
        if (times.matches()) {
            for (int i = Integer.parseInt(times.group(1)); i > 0; i--) {
                receiveMessage(head(times.group(2)), Expectation.of(block));
            }
        } else if (megabytes.matches()) {
            receivePattern(Long.parseLong(megabytes.group(1)) << 20);
        } else if (what.equals("data")) {
            receiveData(Text.message(block));
        } else if (what.equals("end")) {
            Expectation.of(block).checkBody(rest(), messages.trailers());
        } else if (what.equals("torn") || what.equals("torn by reset")) {
            receiveTorn(what.endsWith("reset"));
        } else if (what.equals("head") || what.startsWith("head ")) {
            Expectation.of(block).checkHead(head(what.substring("head".length()).strip()), messages.framing());
        } else if (what.startsWith("finally ")) {
            receiveFinally(what.substring("finally ".length()), Expectation.of(block));
        } else {
            receiveMessage(head(what), Expectation.of(block));
        }
    }

    private Message head(String start) {
        return require(start, messages.head());
    }

    private Message require(String start, Message head) {
        List<String> cookies = head.all("Set-Cookie");
        cookie = cookies.isEmpty() ? cookie : cookies.get(0).split(";")[0];
        boolean matches = start.isEmpty()
                || (head.isResponse()
                        ? Arrays.asList(start.split("\\|")).contains(Integer.toString(head.status()))
                        : (head.start() + " ").startsWith(Text.decode(start) + " "));
        if (!matches) {
            throw new AssertionError("expected " + start + " on " + messages.name() + ", not "
                    + Text.show(Text.bytes(head.start()), 200));
        }
        return head;
    }

    /** The first message that is no interim answer. */
    private void receiveFinally(String start, Expectation expectation) {
        Message head = messages.head();
        while (head.status() < 200) {
            head = messages.head();
        }
        receiveMessage(require(start, head), expectation);
    }

    private void receiveMessage(Message head, Expectation expectation) {
        expectation.checkHead(head, messages.framing());
        expectation.checkBody(rest(), messages.trailers());
    }

    /** The rest of the body. */
    private String rest() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece = piece(); piece.length > 0; piece = piece()) {
            out.writeBytes(piece);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private byte[] piece() {
        return messages.body(Megabytes.PIECE);
    }

    /** The next bytes of the body are these. */
    private void receiveData(byte[] expected) {
        byte[] actual = new byte[expected.length];
        int at = 0;
        while (at < expected.length) {
            byte[] piece = messages.body(expected.length - at);
            if (piece.length == 0) {
                break;
            }
            System.arraycopy(piece, 0, actual, at, piece.length);
            at += piece.length;
        }
        requireEqual(messages.name(), expected, Arrays.copyOf(actual, at));
    }

    static void requireEqual(String name, byte[] expected, byte[] actual) {
        if (!Arrays.equals(expected, actual)) {
            throw new AssertionError(
                    "expected on " + name + ":\n" + Text.show(expected, 400) + "\nnot:\n" + Text.show(actual, 400));
        }
    }

    private void receivePattern(long length) {
        for (long at = 0; at < length; ) {
            byte[] piece = messages.body((int) Math.min(Megabytes.PIECE, length - at));
            requirePattern(messages.name(), at, piece);
            at += piece.length;
        }
    }

    static void requirePattern(String name, long at, byte[] piece) {
        if (piece.length == 0 || !Arrays.equals(piece, Megabytes.at(at, piece.length))) {
            throw new AssertionError("what " + name + " received differs from what was sent at or after byte " + at);
        }
    }

    private void receiveTorn(boolean byReset) {
        try {
            rest();
        } catch (Torn torn) {
            if (byReset && torn.end != Wire.End.RESET) {
                throw new AssertionError(messages.name() + " was not reset", torn);
            }
            return;
        }
        throw new AssertionError("the message on " + messages.name() + " looks complete: "
                + messages.lastHead().start());
    }
}
