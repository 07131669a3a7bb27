package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import java.nio.charset.StandardCharsets;

/** The lines of a message's head, strictly read (RFC 9112 sections 2.2 and 5): nothing is repaired. */
final class Lines {
    private Lines() {}

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Refuses control characters in the line {@code from} to {@code to}, which is without its end. */
    static void checkText(byte[] bytes, int from, int to) throws BadMessageException {
        for (int i = from; i < to; i++) {
            if (!Octets.isText(bytes[i])) {
                throw new BadMessageException("a control character in a line");
            }
        }
    }

    /** Reads the field in the line {@code from} to {@code to}, which is without its end. */
    static void readField(byte[] bytes, int from, int to, HeaderMap fields) throws BadMessageException {
        checkText(bytes, from, to);
        int colon = from;
        while (colon < to && Octets.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == from || colon == to || bytes[colon] != ':') {
            throw new BadMessageException("not a field");
        }
        int start = colon + 1;
        int end = to;
        while (start < end && isBlank(bytes[start])) {
            start++;
        }
        while (end > start && isBlank(bytes[end - 1])) {
            end--;
        }
        HeaderView.add(fields, text(bytes, from, colon), text(bytes, start, end));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }
}
