package dev.adit.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the readers make of some bytes, delivered in pieces: a value that can be compared. */
record Parsed(String method, String target, List<String> fields, String body, List<String> trailers, int refused) {
    static final MessageLimits LIMITS = new MessageLimits(8 << 10, 64 << 10, 200);

    /** Reads one request from {@code text}, a piece at a time; {@code cuts} are where pieces end. */
    static Parsed request(String text, int... cuts) {
        return request(LIMITS, text, cuts);
    }

    static Parsed request(MessageLimits limits, String text, int... cuts) {
        RequestReader head = new RequestReader(limits);
        BodyReader body = new BodyReader(limits);
        StringBuilder data = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        boolean headRead = false;
        try {
            int from = 0;
            for (int i = 0; i <= cuts.length; i++) {
                int to = i == cuts.length ? bytes.length : Math.max(from, Math.min(cuts[i], bytes.length));
                ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
                from = to;
                if (!headRead && head.read(in)) {
                    headRead = true;
                    body.start(Framing.ofRequest(head));
                }
                if (headRead) {
                    readBody(body, in, data);
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

    private static void readBody(BodyReader body, ByteBuffer in, StringBuilder data) throws BadMessageException {
        while (!body.finished() && in.hasRemaining()) {
            if (body.data() > 0) {
                data.append((char) (in.get() & 0xff));
                body.took(1);
            } else {
                body.framing(in.get());
            }
        }
    }

    private static List<String> trailers(BodyReader body) {
        Fields trailers = body.trailers();
        return trailers == null ? List.of() : list(trailers);
    }

    static List<String> list(Fields fields) {
        List<String> list = new ArrayList<>();
        fields.forEach((name, value) -> list.add(name + ": " + value));
        return list;
    }
}
