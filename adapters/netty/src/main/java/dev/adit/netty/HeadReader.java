package dev.adit.netty;

import io.netty.buffer.ByteBuf;

/**
 * Reads the head of a message, or its trailer section, from whatever pieces the network delivers, and takes nothing but
 * RFC 9112's grammar: a line ends with CR LF, a name is a token that touches its colon, a line never continues the one
 * before. What has two readings is refused, not repaired.
 *
 * <pre>
 *            ┌──────── blank lines before a request, at most two
 *            ▼
 *   START ──line──▶ FIELDS ──empty line──▶ done
 *  (trailers begin here ┘ ▲  │
 *                         └──┘ field line
 * </pre>
 */
abstract class HeadReader {
    private static final int STEP = 2048;
    private static final int MAX_BLANK_LINES = 2;
    private static final boolean[] TOKEN = new boolean[256];
    private static final boolean[] TEXT = new boolean[256];

    static {
        for (int c = 0x21; c < 0x7f; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
        TEXT['\t'] = true;
        for (int c = 0x20; c < 0x100; c++) {
            TEXT[c] = c != 0x7f;
        }
    }

    final Fields fields = new Fields();
    private final NettyLimits limits;
    private final boolean hasStartLine;
    private boolean startLineRead;
    private int blankLines;
    private int line;
    private int scanned;
    private int block;

    HeadReader(NettyLimits limits, boolean hasStartLine) {
        this.limits = limits;
        this.hasStartLine = hasStartLine;
    }

    /** Ready for the next message. */
    void reset() {
        fields.clear();
        startLineRead = !hasStartLine;
        blankLines = 0;
        line = 0;
        scanned = 0;
        block = 0;
    }

    /** Whether nothing of a message has been read since {@link #reset}. */
    boolean isEmpty() {
        return fields.length == 0;
    }

    /** Reads up to the end of the head and not a byte further; returns whether it is complete. */
    final boolean read(ByteBuf in) throws BadMessageException {
        while (in.isReadable()) {
            int known = fields.length;
            int n = Math.min(in.readableBytes(), STEP);
            fields.ensureCapacity(known + n);
            in.getBytes(in.readerIndex(), fields.bytes, known, n);
            fields.length += n;
            boolean complete = readLines();
            if (complete) {
                in.skipBytes(scanned - known);
                fields.length = scanned;
                return true;
            }
            in.skipBytes(n);
        }
        return false;
    }

    private boolean readLines() throws BadMessageException {
        byte[] bytes = fields.bytes;
        int end = fields.length;
        while (scanned < end) {
            if (bytes[scanned++] != '\n') {
                continue;
            }
            int lineEnd = scanned - 2;
            if (lineEnd < line || bytes[lineEnd] != '\r') {
                throw new BadMessageException(400, "a line that does not end with CR LF");
            }
            if (takeLine(line, lineEnd)) {
                return true;
            }
            line = scanned;
        }
        checkLimits(end);
        return false;
    }

    /** Returns whether this was the empty line that ends the head. */
    private boolean takeLine(int start, int end) throws BadMessageException {
        if (startLineRead) {
            checkLimits(end);
            if (start == end) {
                return true;
            }
            field(start, end);
            return false;
        }
        if (start == end) {
            // RFC 9112 section 2.2: be lenient about an empty line before a request.
            if (++blankLines > MAX_BLANK_LINES || !mayStartBlank()) {
                throw new BadMessageException(400, "too many empty lines before the message");
            }
            return false;
        }
        checkLimits(end);
        startLine(start, end);
        startLineRead = true;
        block = scanned;
        return false;
    }

    private void checkLimits(int end) throws BadMessageException {
        if (!startLineRead) {
            if (end - line > limits.requestLineBytes()) {
                throw new BadMessageException(414, "start line longer than the limit");
            }
        } else if (end - block > limits.headerBytes()) {
            throw new BadMessageException(431, "header fields longer than the limit");
        }
    }

    private void field(int start, int end) throws BadMessageException {
        byte[] bytes = fields.bytes;
        int at = start;
        int hash = 0;
        while (at < end && TOKEN[bytes[at] & 0xff]) {
            hash = 31 * hash + (bytes[at++] | 0x20);
        }
        if (at == start || at == end || bytes[at] != ':') {
            throw new BadMessageException(400, "not a header field");
        }
        int nameEnd = at;
        for (at++; at < end; at++) {
            if (!TEXT[bytes[at] & 0xff]) {
                throw new BadMessageException(400, "a control character in a header field");
            }
        }
        int value = nameEnd + 1;
        int valueEnd = end;
        while (value < valueEnd && isBlank(bytes[value])) {
            value++;
        }
        while (valueEnd > value && isBlank(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        if (fields.size() == limits.headerFields()) {
            throw new BadMessageException(431, "more header fields than the limit");
        }
        fields.add(start, nameEnd, value, valueEnd, hash);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static boolean isToken(byte b) {
        return TOKEN[b & 0xff];
    }

    static boolean isText(byte b) {
        return TEXT[b & 0xff];
    }

    /** Whether empty lines may come before the start line. */
    abstract boolean mayStartBlank();

    /** Reads the start line from {@code start} to {@code end} of {@link Fields#bytes}, without its CR LF. */
    abstract void startLine(int start, int end) throws BadMessageException;
}
