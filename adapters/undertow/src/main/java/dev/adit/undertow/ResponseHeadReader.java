package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import java.nio.charset.StandardCharsets;

/**
 * A response's head, strictly read (RFC 9112 sections 4 and 5): nothing is repaired.
 *
 * @param status 100 to 999
 * @param oldVersion whether it is HTTP/1.0
 * @param fields its fields
 */
record ResponseHeadReader(int status, boolean oldVersion, HeaderMap fields) {
    private static final int STATUS_AT = 9;

    /** Reads {@code end} bytes that end with an empty line. */
    static ResponseHeadReader read(byte[] bytes, int end, UndertowLimits limits) throws BadMessageException {
        int line = endOfLine(bytes, 0, end);
        Lines.checkText(bytes, 0, line);
        boolean version = line >= STATUS_AT + 3
                && new String(bytes, 0, 7, StandardCharsets.ISO_8859_1).equals("HTTP/1.")
                && (bytes[7] == '0' || bytes[7] == '1')
                && bytes[8] == ' ';
        if (!version) {
            throw new BadMessageException("not an HTTP/1 status line");
        }
        int status = 0;
        for (int i = STATUS_AT; i < STATUS_AT + 3; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                throw new BadMessageException("not a status");
            }
            status = status * 10 + digit;
        }
        if (status < 100 || line > STATUS_AT + 3 && bytes[STATUS_AT + 3] != ' ') {
            throw new BadMessageException("not a status");
        }
        HeaderMap fields = new HeaderMap();
        int count = 0;
        for (int at = line + 2; at < end - 2; at = endOfLine(bytes, at, end) + 2) {
            count++;
            if (count > limits.headerFields()) {
                throw new BadMessageException("too many fields");
            }
            Lines.readField(bytes, at, endOfLine(bytes, at, end), fields);
        }
        return new ResponseHeadReader(status, bytes[7] == '0', fields);
    }

    private static int endOfLine(byte[] bytes, int from, int end) throws BadMessageException {
        for (int i = from; i < end - 1; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i;
            }
        }
        throw new BadMessageException("a line without end");
    }

    /**
     * Moves the head's lines together in place, without those that tell a body's length; for answers that have none.
     *
     * @return where the head starts now; its end stays
     */
    int withoutFraming(byte[] bytes, int end) throws BadMessageException {
        if (!fields.contains("Content-Length") && !fields.contains("Transfer-Encoding")) {
            return 0;
        }
        byte[] kept = new byte[end];
        int length = 0;
        for (int at = 0; at < end; ) {
            int next = endOfLine(bytes, at, end) + 2;
            if (!isFraming(bytes, at)) {
                System.arraycopy(bytes, at, kept, length, next - at);
                length += next - at;
            }
            at = next;
        }
        System.arraycopy(kept, 0, bytes, end - length, length);
        return end - length;
    }

    private static boolean isFraming(byte[] bytes, int at) {
        return startsWith(bytes, at, "content-length:") || startsWith(bytes, at, "transfer-encoding:");
    }

    private static boolean startsWith(byte[] bytes, int at, String name) {
        if (at + name.length() > bytes.length) {
            return false;
        }
        return new String(bytes, at, name.length(), StandardCharsets.ISO_8859_1).equalsIgnoreCase(name);
    }
}
