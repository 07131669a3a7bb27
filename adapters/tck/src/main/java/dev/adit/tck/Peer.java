package dev.adit.tck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One end of one connection, played by a script: bytes, or HTTP/1.1. */
final class Peer implements Actor {
    private static final Pattern MEGABYTES = Pattern.compile("(\\d+) MiB");
    private static final Pattern RAW = Pattern.compile("raw (\\d+) MiB");

    private final Wire wire;
    private final Receiver receiver;

    Peer(Wire wire) {
        this.wire = wire;
        this.receiver = new Receiver(new MessageReader(wire));
    }

    Wire wire() {
        return wire;
    }

    @Override
    public Sender sender() {
        return wire;
    }

    @Override
    public void perform(String text, List<String> block) throws IOException {
        String[] words = text.split(" ", 2);
        String rest = words.length > 1 ? words[1].strip() : "";
        switch (words[0]) {
            case "sends" -> send(rest, block);
            case "receives" -> receive(rest, block);
            case "is" -> expectEnd(rest);
            case "stops" -> wire.pause(true);
            case "reads" -> wire.pause(false);
            case "returns" -> returnCookie(rest, block);
            case "ends" -> wire.finish();
            case "closes" -> wire.close();
            case "resets" -> wire.reset();
            default -> throw new IllegalArgumentException("cannot be done: " + text);
        }
    }

    private void send(String how, List<String> block) {
        Matcher megabytes = MEGABYTES.matcher(how);
        if (megabytes.matches()) {
            wire.send(Megabytes.pieces(Long.parseLong(megabytes.group(1)) << 20));
        } else if (how.equals("byte by byte")) {
            wire.send(Wire.single(Text.message(block)));
        } else if (how.isEmpty()) {
            wire.send(Text.message(block));
        } else {
            throw new IllegalArgumentException("cannot send " + how);
        }
    }

    private void receive(String what, List<String> block) {
        Matcher raw = RAW.matcher(what);
        if (raw.matches()) {
            receiveRaw(Long.parseLong(raw.group(1)) << 20);
        } else if (what.equals("exactly")) {
            receiveExactly(Text.message(block));
        } else {
            receiver.receive(what, block);
        }
    }

    /** Asks a.test for something, and shows the cookie that came with an answer last. */
    private void returnCookie(String what, List<String> block) {
        if (!what.startsWith("its cookie to GET ") || !block.isEmpty()) {
            throw new IllegalArgumentException("cannot return " + what);
        }
        String target = what.substring("its cookie to GET ".length());
        wire.send(
                Text.bytes("GET " + target + " HTTP/1.1\r\nHost: a.test\r\nCookie: " + receiver.cookie() + "\r\n\r\n"));
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
        Receiver.requireEqual(wire.name(), expected, actual.toByteArray());
    }

    /** All that comes on the wire, not only bodies. */
    private void receiveRaw(long length) {
        for (long at = 0; at < length; ) {
            byte[] piece = wire.read((int) Math.min(Megabytes.PIECE, length - at));
            Receiver.requirePattern(wire.name(), at, piece);
            at += piece.length;
        }
    }

    private void expectEnd(String how) {
        if (how.equals("sent")) {
            wire.awaitSent();
            return;
        }
        Wire.End end = wire.awaitEnd();
        if (how.equals("cut off")) {
            wire.read(Megabytes.PIECE);
            wire.drop();
            return;
        }
        byte[] unread = wire.unread();
        if (unread.length > 0) {
            throw new AssertionError(
                    "expected nothing more on " + wire.name() + " but its end:\n" + Text.show(unread, 500));
        }
        boolean matches = switch (how) {
            case "closed" -> true;
            case "ended" -> end == Wire.End.FINISHED;
            case "reset" -> end == Wire.End.RESET;
            default -> throw new IllegalArgumentException("cannot be " + how);
        };
        if (!matches) {
            throw new AssertionError(wire.name() + " is not " + how + " but " + end);
        }
    }
}
