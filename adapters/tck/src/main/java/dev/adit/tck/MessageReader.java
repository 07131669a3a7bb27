package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a transport sends on a {@link Wire}, and accepts only what RFC 9112's grammar produces: nobody may have to
 * guess what a proxy means.
 *
 * <pre>
 *   head --&gt; body: none | counted | chunked | until the end --&gt; end (trailers) --&gt; head
 * </pre>
 */
final class MessageReader implements Messages {
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t -~\\x80-\\xff]*");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9a-fA-F]{1,15}");
    private static final int LONGEST_LINE = 1 << 20;

    private final Wire wire;
    private @Nullable Message head;
    private Framing framing = Framing.NONE;
    private long remaining;
    private boolean ended = true;
    private List<Field> trailers = List.of();

    MessageReader(Wire wire) {
        this.wire = wire;
    }

    @Override
    public String name() {
        return wire.name();
    }

    @Override
    public Message head() {
        String start = line();
        List<Field> fields = fields();
        Message message = new Message(start, fields);
        if (message.isResponse()) {
            Conduct.checkResponse(message);
        } else {
            Conduct.checkRequest(message);
        }
        head = message;
        frame(message);
        return message;
    }

    private void frame(Message message) {
        List<String> lengths = message.all("Content-Length");
        boolean bodiless =
                message.isResponse() && (message.status() < 200 || message.status() == 204 || message.status() == 304);
        remaining = 0;
        if (bodiless) {
            framing = Framing.NONE;
        } else if (message.lists("Transfer-Encoding", "chunked")) {
            framing = Framing.CHUNKED;
        } else if (!lengths.isEmpty()) {
            framing = Framing.LENGTH;
            remaining = Long.parseLong(lengths.get(0));
        } else {
            framing = message.isResponse() ? Framing.CLOSE : Framing.NONE;
        }
        ended = framing == Framing.NONE || framing == Framing.LENGTH && remaining == 0;
        trailers = List.of();
    }

    @Override
    public Message lastHead() {
        if (head == null) {
            throw new AssertionError("no message was received on " + wire.name());
        }
        return head;
    }

    @Override
    public Framing framing() {
        return framing;
    }

    @Override
    public List<Field> trailers() {
        return trailers;
    }

    @Override
    public byte[] body(int most) {
        if (!ended && framing == Framing.CHUNKED && remaining == 0) {
            nextChunk();
        }
        if (ended) {
            return new byte[0];
        }
        byte[] bytes = wire.read(framing == Framing.CLOSE ? most : (int) Math.min(most, remaining));
        if (bytes.length == 0) {
            endOfInput();
            return bytes;
        }
        remaining -= framing == Framing.CLOSE ? 0 : bytes.length;
        if (remaining == 0 && framing == Framing.CHUNKED) {
            expectEmptyLine();
        }
        ended = remaining == 0 && framing == Framing.LENGTH;
        return bytes;
    }

    private void endOfInput() {
        Wire.End how = wire.awaitEnd();
        if (framing != Framing.CLOSE || how == Wire.End.RESET) {
            throw new Torn(wire.name(), how);
        }
        ended = true;
    }

    private void nextChunk() {
        String size = line();
        if (!CHUNK_SIZE.matcher(size).matches()) {
            throw new AssertionError("expected a chunk size without extensions on " + wire.name() + ": " + show(size));
        }
        remaining = Long.parseLong(size.toLowerCase(Locale.ROOT), 16);
        if (remaining == 0) {
            trailers = fields();
            ended = true;
        }
    }

    private void expectEmptyLine() {
        String rest = line();
        if (!rest.isEmpty()) {
            throw new AssertionError("expected the end of a chunk on " + wire.name() + ": " + show(rest));
        }
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (!FIELD.matcher(line).matches()) {
                throw new AssertionError("expected a field line of RFC 9112 on " + wire.name() + ": " + show(line));
            }
            int colon = line.indexOf(':');
            fields.add(new Field(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return fields;
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (int b = wire.read(); ; b = wire.read()) {
            if (b < 0) {
                throw new Torn(wire.name(), wire.awaitEnd());
            }
            if (b == '\n' && line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
                line.setLength(line.length() - 1);
                return line.toString();
            }
            if (b == '\n' || line.length() > LONGEST_LINE) {
                throw new AssertionError(
                        "expected a line that ends with CR LF on " + wire.name() + ": " + show(line.toString()));
            }
            line.append((char) b);
        }
    }

    private static String show(String line) {
        return Text.show(Text.bytes(line), 200);
    }
}
