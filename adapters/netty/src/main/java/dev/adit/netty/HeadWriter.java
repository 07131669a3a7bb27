package dev.adit.netty;

import dev.adit.exchange.RequestSink;
import dev.adit.exchange.ResponseSink;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes message heads, one after another, into scratch memory of its event loop. */
final class HeadWriter implements RequestSink, ResponseSink {
    static final byte[] CONNECTION_CLOSE = ascii("Connection: close\r\n");
    static final byte[] CONNECTION_KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
    private static final byte[] DATE = ascii("Date: ");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[][] STATUS_LINES = statusLines();

    private final Loop loop;
    private byte[] out = new byte[2048];
    private int length;
    private boolean dated;

    HeadWriter(Loop loop) {
        this.loop = loop;
    }

    private static byte[][] statusLines() {
        byte[][] lines = new byte[500][];
        for (int status = 100; status < 600; status++) {
            String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
            lines[status - 100] = ascii("HTTP/1.1 " + status + " " + reason + "\r\n");
        }
        return lines;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void start(String method, String target) {
        length = 0;
        text(method);
        text(" ");
        text(target);
        raw(VERSION);
    }

    @Override
    public void start(int status) {
        length = 0;
        dated = false;
        raw(STATUS_LINES[status - 100]);
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        dated |= isDate(name);
        text(name);
        octets(':', ' ');
        text(value);
        octets('\r', '\n');
    }

    /**
     * Declares how the body ends; what ends with the connection, or is not there, needs no words.
     *
     * @param source fields of the message that is passed on: which trailers it announced; or null
     */
    void framing(Framing framing, @Nullable Fields source) {
        if (framing.kind() == Framing.Kind.CHUNKED) {
            raw(CHUNKED);
            String trailer = source == null ? null : source.get("trailer");
            if (trailer != null) {
                field("Trailer", trailer);
            }
        } else if (framing.kind() == Framing.Kind.LENGTH) {
            raw(CONTENT_LENGTH);
            number(framing.length());
        }
    }

    /** A whole line. */
    void raw(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, out, length, bytes.length);
        length += bytes.length;
    }

    /** Adds {@code Date} to a response that has none. */
    void date() {
        if (!dated) {
            raw(DATE);
            raw(loop.date());
            octets('\r', '\n');
        }
    }

    /** Hands over the finished head, followed by {@code body} if that is not null. */
    void end(Outbox to, byte @Nullable [] body) {
        octets('\r', '\n');
        ByteBuf head = to.room(length + (body == null ? 0 : body.length)).writeBytes(out, 0, length);
        if (body != null) {
            head.writeBytes(body);
        }
    }

    private static boolean isDate(CharSequence name) {
        return name.length() == 4
                && (name.charAt(0) | 0x20) == 'd'
                && (name.charAt(1) | 0x20) == 'a'
                && (name.charAt(2) | 0x20) == 't'
                && (name.charAt(3) | 0x20) == 'e';
    }

    private void number(long number) {
        text(Long.toString(number));
        octets('\r', '\n');
    }

    private void text(CharSequence text) {
        int n = text.length();
        ensure(n);
        if (text instanceof Octets octets) {
            System.arraycopy(octets.array(), octets.offset(), out, length, n);
        } else if (text instanceof String string) {
            copy(string, n, out, length);
        } else {
            copy(text.toString(), n, out, length);
        }
        length += n;
    }

    /** Fails closed: what would be read as another line, or not at all, is never sent. */
    private static void copy(String text, int n, byte[] out, int at) {
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            if (c < ' ' && (c == '\r' || c == '\n' || c == 0) || c > 0xff) {
                throw new IllegalArgumentException("a character that no header field can carry");
            }
            out[at + i] = (byte) c;
        }
    }

    private void octets(char first, char second) {
        ensure(2);
        out[length] = (byte) first;
        out[length + 1] = (byte) second;
        length += 2;
    }

    private void ensure(int more) {
        if (length + more > out.length) {
            out = Arrays.copyOf(out, Math.max(length + more, out.length * 2));
        }
    }
}
