package dev.adit.netty;

import dev.adit.wire.BadMessageException;
import dev.adit.wire.BodyReader;
import dev.adit.wire.Fields;
import dev.adit.wire.Framing;
import dev.adit.wire.MessageLimits;
import dev.adit.wire.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the readers make of some bytes, delivered in pieces: a value that can be compared. */
record Parsed(String method, String target, List<String> fields, String body, List<String> trailers, int refused) {
    private static final MessageLimits LIMITS = new MessageLimits(8 << 10, 64 << 10, 200);

    /** Reads one request from {@code text}, a piece at a time; {@code cuts} are where pieces end. */
    static Parsed request(String text, int... cuts) {
        RequestReader head = new RequestReader(LIMITS);
        BodyReader body = new BodyReader(LIMITS);
        StringBuilder data = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        boolean headRead = false;
        try {
            int from = 0;
            for (int i = 0; i <= cuts.length; i++) {
                int to = i == cuts.length ? bytes.length : Math.max(from, Math.min(cuts[i], bytes.length));
                ByteBuf in = Unpooled.wrappedBuffer(bytes, from, to - from);
                from = to;
                if (!headRead && Readers.read(head, in)) {
                    headRead = true;
                    body.start(Framing.ofRequest(head));
                }
                if (headRead) {
                    Readers.read(body, in, piece -> {
                        data.append(piece.toString(StandardCharsets.ISO_8859_1));
                        piece.release();
                    });
                }
            }
        } catch (BadMessageException e) {
            return new Parsed("", "", List.of(), "", List.of(), e.status());
        }
        if (!headRead || !body.finished()) {
            return new Parsed("", "", List.of(), "", List.of(), -1);
        }
        return new Parsed(head.method(), head.target(), list(head.headers()), data.toString(), trailers(body), 0);
    }

    private static List<String> trailers(BodyReader body) {
        Fields trailers = body.trailers();
        return trailers == null ? List.of() : list(trailers);
    }

    private static List<String> list(Fields fields) {
        List<String> list = new ArrayList<>();
        fields.forEach((name, value) -> list.add(name + ": " + value));
        return list;
    }
}
