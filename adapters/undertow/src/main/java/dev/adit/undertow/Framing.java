package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;

/**
 * Whether the fields that say where a message's body ends have one reading (RFC 9112 section 6). Undertow decides by them
 * where it ends, and is lenient where two readers could differ; what it is lenient about is refused.
 */
final class Framing {
    private static final int MAX_DIGITS = 18;

    private Framing() {}

    /** Whether a message with these fields may be passed on. */
    static boolean isClear(HeaderMap headers, HttpString protocol) {
        HeaderValues coding = headers.get(Headers.TRANSFER_ENCODING);
        HeaderValues length = headers.get(Headers.CONTENT_LENGTH);
        if (coding == null) {
            return length == null || length.size() == 1 && isLength(length.getFirst());
        }
        return length == null
                && protocol.equals(Protocols.HTTP_1_1)
                && coding.size() == 1
                && coding.getFirst().equalsIgnoreCase("chunked");
    }

    private static boolean isLength(String text) {
        int digits = text.length();
        if (digits == 0 || digits > MAX_DIGITS || digits > 1 && text.charAt(0) == '0') {
            return false;
        }
        for (int i = 0; i < digits; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Whether an answer with this status has no body, whatever its fields say. */
    static boolean isBodyless(int status) {
        return status < 200 || status == 204 || status == 304;
    }
}
