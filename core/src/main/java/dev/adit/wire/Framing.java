package dev.adit.wire;

import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import dev.adit.exchange.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * How the end of a message's body is found (RFC 9112 section 6.3), decided once, from its head. A head that two readers could
 * take for different lengths is refused.
 *
 * @param kind what ends it
 * @param length bytes of the body where {@code kind} is {@link Kind#LENGTH}, else 0
 */
public record Framing(Kind kind, long length) {
    /** What ends a body. */
    public enum Kind {
        /** There is no body. */
        NONE,
        /** Its bytes are counted. */
        LENGTH,
        /** The last chunk. */
        CHUNKED,
        /** The end of the connection; responses only. */
        CLOSE
    }

    /** There is no body. */
    public static final Framing NONE = new Framing(Kind.NONE, 0);
    /** The last chunk ends it. */
    public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);
    /** The end of the connection ends it. */
    public static final Framing CLOSE = new Framing(Kind.CLOSE, 0);
    /** Its length is given, and 0. */
    public static final Framing EMPTY = new Framing(Kind.LENGTH, 0);

    private static final int MAX_DIGITS = 18;
    private static final String CODING = "transfer-encoding";
    private static final String LENGTH = "content-length";

    /** Whether nothing follows the head. */
    public boolean isBodiless() {
        return kind == Kind.NONE || kind == Kind.LENGTH && length == 0;
    }

    /** The framing of a request that came by HTTP/1. */
    public static Framing ofRequest(RequestHead head) throws BadMessageException {
        Framing framing = declared(head.headers(), head.version());
        return framing == null ? NONE : framing;
    }

    /** The framing of an answer that came by HTTP/1, to a request whose method is HEAD ({@code headRequest}) or not. */
    public static Framing ofResponse(ResponseHead head, HttpVersion version, boolean headRequest)
            throws BadMessageException {
        Framing framing = declared(head.headers(), version);
        if (headRequest || isBodiless(head.status())) {
            return NONE;
        }
        return framing == null ? CLOSE : framing;
    }

    /** Whether an answer with this status has no body, whatever its fields say. */
    public static boolean isBodiless(int status) {
        return status < 200 || status == 204 || status == 304;
    }

    /**
     * The framing of a request that came by HTTP/2.
     *
     * @param ended whether nothing follows its head
     */
    public static Framing ofStream(Headers headers, String method, boolean ended) throws BadMessageException {
        String length = headers.get(LENGTH);
        if (length != null) {
            return counted(headers, length);
        }
        if (!ended) {
            return CHUNKED;
        }
        return expectsBody(method) ? EMPTY : NONE;
    }

    /** Whether a method leads servers to expect a body: some insist on a length, if only of nothing (RFC 9110 section 8.6). */
    public static boolean expectsBody(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    /**
     * The framing of an answer that came by HTTP/2.
     *
     * @param ended whether nothing follows its head
     */
    public static Framing ofStream(ResponseHead head, boolean headRequest, boolean ended) throws BadMessageException {
        if (headRequest || head.status() == 204 || head.status() == 304) {
            return NONE;
        }
        if (ended) {
            return EMPTY;
        }
        String length = head.headers().get(LENGTH);
        Framing framing = length == null ? CHUNKED : counted(head.headers(), length);
        // Nothing was announced, but trailers may come.
        return framing.isBodiless() ? CHUNKED : framing;
    }

    private static @Nullable Framing declared(Headers headers, HttpVersion version) throws BadMessageException {
        String coding = headers.get(CODING);
        String length = headers.get(LENGTH);
        if (coding == null) {
            return length == null ? null : counted(headers, length);
        }
        if (length != null) {
            throw new BadMessageException("both Transfer-Encoding and Content-Length");
        }
        if (version == HttpVersion.HTTP_1_0) {
            throw new BadMessageException("Transfer-Encoding in HTTP/1.0");
        }
        if (headers.count(CODING) > 1 || !coding.equalsIgnoreCase("chunked")) {
            throw new BadMessageException("a Transfer-Encoding other than chunked");
        }
        return CHUNKED;
    }

    private static Framing counted(Headers headers, String text) throws BadMessageException {
        if (headers.count(LENGTH) > 1) {
            throw new BadMessageException("more than one Content-Length");
        }
        int digits = text.length();
        if (digits == 0 || digits > MAX_DIGITS || digits > 1 && text.charAt(0) == '0') {
            throw new BadMessageException("not a Content-Length");
        }
        long length = 0;
        for (int i = 0; i < digits; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new BadMessageException("not a Content-Length");
            }
            length = length * 10 + digit;
        }
        return length == 0 ? EMPTY : new Framing(Kind.LENGTH, length);
    }
}
