package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of one HTTP/2 stream (RFC 9113 section 8.1): interim heads, a head, data, trailers. */
final class Http2Messages implements Messages {
    private final Http2Stream stream;
    private final boolean requests;

    private @Nullable Message head;
    private final boolean[] end = {false};
    private boolean data;
    private long length;
    private List<Field> trailers = List.of();

    /** @param requests whether heads are those of requests */
    Http2Messages(Http2Stream stream, boolean requests) {
        this.stream = stream;
        this.requests = requests;
    }

    @Override
    public String name() {
        return stream.name();
    }

    @Override
    public Message head() {
        List<Field> fields = stream.takeHead(end);
        Message message = requests ? Http2Conduct.request(fields) : Http2Conduct.response(fields, end[0]);
        head = message;
        return message;
    }

    @Override
    public Message lastHead() {
        if (head == null) {
            throw new AssertionError("no message was received on " + name());
        }
        return head;
    }

    @Override
    public Framing framing() {
        return end[0] ? Framing.NONE : Framing.STREAM;
    }

    @Override
    public byte[] body(int most) {
        Message current = lastHead();
        if (current.isResponse() && current.status() < 200) {
            return new byte[0];
        }
        while (!end[0]) {
            if (stream.nextIsHead()) {
                trailers = stream.takeHead(end);
                Http2Conduct.trailers(trailers, end[0]);
                break;
            }
            data = true;
            byte[] piece = stream.takeData(most, end);
            length += piece.length;
            if (piece.length > 0) {
                return piece;
            }
        }
        // HEAD, 204 and 304 end with their head, whatever length that tells.
        List<String> lengths = current.all("content-length");
        if (data && !lengths.isEmpty() && Long.parseLong(lengths.get(0)) != length) {
            throw new AssertionError("content-length is " + lengths + " on " + name() + ", but " + length
                    + " bytes came (RFC 9113 section 8.1.1)");
        }
        return new byte[0];
    }

    @Override
    public List<Field> trailers() {
        return trailers;
    }
}
