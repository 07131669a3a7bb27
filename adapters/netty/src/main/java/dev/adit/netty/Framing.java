package dev.adit.netty;

import dev.adit.exchange.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * How the end of a message's body is found (RFC 9112 section 6.3), decided once, from its head.
 *
 * @param kind what ends it
 * @param length bytes of the body where {@code kind} is {@link Kind#LENGTH}, else 0
 */
record Framing(Kind kind, long length) {
    /** What ends a body. */
    enum Kind {
        /** There is no body. */
        NONE,
        /** Its bytes are counted. */
        LENGTH,
        /** The last chunk. */
        CHUNKED,
        /** The end of the connection; responses only. */
        CLOSE
    }

    static final Framing NONE = new Framing(Kind.NONE, 0);
    static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);
    static final Framing CLOSE = new Framing(Kind.CLOSE, 0);
    static final Framing EMPTY = new Framing(Kind.LENGTH, 0);

    private static final int MAX_DIGITS = 18;

    /** Whether nothing follows the head. */
    boolean isBodiless() {
        return kind == Kind.NONE || kind == Kind.LENGTH && length == 0;
    }

    /** The framing of a request. */
    static Framing ofRequest(RequestReader head) throws BadMessageException {
        Framing framing = declared(head.fields, head.version());
        return framing == null ? NONE : framing;
    }

    /**
     * The framing of a request that came by HTTP/2.
     *
     * @param ended whether nothing follows its head
     */
    static Framing ofStream(Fields fields, String method, boolean ended) throws BadMessageException {
        int length = fields.find("content-length", 0);
        if (length >= 0) {
            return counted(fields, length);
        }
        if (!ended) {
            return CHUNKED;
        }
        // RFC 9110 section 8.6: some servers insist on a length where the method leads them to expect a body.
        boolean expected = method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
        return expected ? EMPTY : NONE;
    }

    /**
     * The framing of a response that came by HTTP/2.
     *
     * @param ended whether nothing follows its head
     */
    static Framing ofStream(Http2Response head, boolean headRequest, boolean ended) throws BadMessageException {
        if (headRequest || head.status() == 204 || head.status() == 304) {
            return NONE;
        }
        if (ended) {
            return EMPTY;
        }
        int length = head.fields().find("content-length", 0);
        Framing framing = length < 0 ? CHUNKED : counted(head.fields(), length);
        // Nothing was announced, but trailers may come.
        return framing.isBodiless() ? CHUNKED : framing;
    }

    /** The framing of a response to a request whose method is HEAD ({@code headRequest}) or not. */
    static Framing ofResponse(ResponseReader head, boolean headRequest) throws BadMessageException {
        Framing framing = declared(head.fields, head.version());
        int status = head.status();
        if (headRequest || status < 200 || status == 204 || status == 304) {
            return NONE;
        }
        return framing == null ? CLOSE : framing;
    }

    private static @Nullable Framing declared(Fields fields, HttpVersion version) throws BadMessageException {
        int coding = fields.find("transfer-encoding", 0);
        int length = fields.find("content-length", 0);
        if (coding < 0) {
            return length < 0 ? null : counted(fields, length);
        }
        if (length >= 0) {
            throw new BadMessageException(400, "both Transfer-Encoding and Content-Length");
        }
        if (version == HttpVersion.HTTP_1_0) {
            throw new BadMessageException(400, "Transfer-Encoding in HTTP/1.0");
        }
        if (fields.find("transfer-encoding", coding + 1) >= 0
                || !fields.value(coding).equalsIgnoreCase("chunked")) {
            throw new BadMessageException(400, "a Transfer-Encoding other than chunked");
        }
        return CHUNKED;
    }

    private static Framing counted(Fields fields, int field) throws BadMessageException {
        if (fields.find("content-length", field + 1) >= 0) {
            throw new BadMessageException(400, "more than one Content-Length");
        }
        String text = fields.value(field);
        int digits = text.length();
        if (digits == 0 || digits > MAX_DIGITS || digits > 1 && text.charAt(0) == '0') {
            throw new BadMessageException(400, "not a Content-Length");
        }
        long length = 0;
        for (int i = 0; i < digits; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new BadMessageException(400, "not a Content-Length");
            }
            length = length * 10 + digit;
        }
        return length == 0 ? EMPTY : new Framing(Kind.LENGTH, length);
    }
}
