package dev.adit.wire;

import java.nio.ByteBuffer;

/**
 * Reads the head of a message, or its trailer section, from whatever pieces the network delivers, and takes nothing but
 * RFC 9112's grammar: a line ends with CR LF, a name is a token that touches its colon, a line never continues the one
 * before. What has two readings is refused, not repaired. Where the pieces end changes nothing.
 *
 * <pre>
 *            ┌──────── blank lines before a request, at most two
 *            ▼
 *   START ──line──▶ FIELDS ──empty line──▶ complete ──reset──▶ START
 *  (trailers begin here ┘ ▲  │
 *                         └──┘ field line
 * </pre>
 *
 * After a refusal it reads nothing more. Not thread-safe.
 */
public abstract sealed class HeadReader permits RequestReader, ResponseReader, TrailerReader {
    /** The most that {@link #room} should be asked for at a time, so that little is copied of what follows the head. */
    public static final int STEP = 2048;

    private static final int MAX_BLANK_LINES = 2;

    final Fields fields = new Fields();
    private final MessageLimits limits;
    private final boolean hasStartLine;
    private boolean startLineRead;
    private boolean complete;
    private int blankLines;
    private int line;
    private int scanned;
    private int block;

    HeadReader(MessageLimits limits, boolean hasStartLine) {
        this.limits = limits;
        this.hasStartLine = hasStartLine;
        this.startLineRead = !hasStartLine;
    }

    /** Ready for the next message; what was read before is gone. */
    public void reset() {
        fields.clear();
        startLineRead = !hasStartLine;
        complete = false;
        blankLines = 0;
        line = 0;
        scanned = 0;
        block = 0;
    }

    /** The fields that were read. They are reused after {@link #reset}. */
    public final Fields fields() {
        return fields;
    }

    /** Whether nothing of a message has been read since {@link #reset}. */
    public final boolean isEmpty() {
        return fields.length == 0;
    }

    /** Whether the head has been read to its end. */
    public final boolean isComplete() {
        return complete;
    }

    /**
     * Reads up to the end of the head and not a byte further; returns whether it is complete.
     *
     * @throws BadMessageException if it is malformed or breaks a limit
     */
    public final boolean read(ByteBuffer in) throws BadMessageException {
        while (!complete && in.hasRemaining()) {
            int n = Math.min(in.remaining(), STEP);
            int start = in.position();
            in.get(room(n), fields.length, n);
            in.position(start + accept(n));
        }
        return complete;
    }

    /**
     * Makes room for {@code n} bytes at {@link #length}, for who has another kind of buffer than {@link #read} takes: put
     * them there, then {@link #accept} them.
     */
    public final byte[] room(int n) {
        fields.ensureCapacity(fields.length + n);
        return fields.bytes;
    }

    /** How many bytes were read. */
    public final int length() {
        return fields.length;
    }

    /**
     * Reads the {@code n} bytes that were put into the {@link #room}; returns how many of them belong to the head.
     *
     * @throws BadMessageException if it is malformed or breaks a limit
     */
    public final int accept(int n) throws BadMessageException {
        int known = fields.length;
        fields.length = known + n;
        complete = readLines();
        if (complete) {
            fields.length = scanned;
            return scanned - known;
        }
        return n;
    }

    private boolean readLines() throws BadMessageException {
        byte[] bytes = fields.bytes;
        int end = fields.length;
        for (int feed = Grammar.lineFeed(bytes, scanned, end);
                feed >= 0;
                feed = Grammar.lineFeed(bytes, scanned, end)) {
            scanned = feed + 1;
            boolean ended = feed > line && bytes[feed - 1] == '\r';
            checkLimits(ended ? feed - 1 : feed);
            if (!ended) {
                throw new BadMessageException("a line that does not end with CR LF");
            }
            if (takeLine(line, feed - 1)) {
                return true;
            }
            line = scanned;
        }
        scanned = end;
        // A CR may be the line's end, which does not count.
        checkLimits(end > line && bytes[end - 1] == '\r' ? end - 1 : end);
        return false;
    }

    /** Returns whether this was the empty line that ends the head. */
    private boolean takeLine(int start, int end) throws BadMessageException {
        if (startLineRead) {
            if (start == end) {
                return true;
            }
            field(start, end);
            return false;
        }
        if (start == end) {
            // RFC 9112 section 2.2: be lenient about an empty line before a request.
            if (++blankLines > MAX_BLANK_LINES || !mayStartBlank()) {
                throw new BadMessageException("too many empty lines before the message");
            }
            return false;
        }
        startLine(start, end);
        startLineRead = true;
        block = scanned;
        return false;
    }

    private void checkLimits(int end) throws BadMessageException {
        if (!startLineRead) {
            if (end - line > limits.startLineBytes()) {
                throw new BadMessageException(414, "start line longer than the limit");
            }
        } else if (end - block > limits.headerBytes()) {
            throw new BadMessageException(431, "header fields longer than the limit");
        }
    }

    private void field(int start, int end) throws BadMessageException {
        byte[] bytes = fields.bytes;
        int at = start;
        while (at < end && Grammar.isToken(bytes[at])) {
            at++;
        }
        if (at == start || at == end || bytes[at] != ':') {
            throw new BadMessageException("not a header field");
        }
        int nameEnd = at;
        int value = nameEnd + 1;
        if (!Grammar.isText(bytes, value, end)) {
            throw new BadMessageException("a control character in a header field");
        }
        int valueEnd = end;
        while (value < valueEnd && Grammar.isBlank(bytes[value])) {
            value++;
        }
        while (valueEnd > value && Grammar.isBlank(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        if (fields.size() == limits.headerFields()) {
            throw new BadMessageException(431, "more header fields than the limit");
        }
        fields.add(start, nameEnd, value, valueEnd);
    }

    /** Whether empty lines may come before the start line. */
    abstract boolean mayStartBlank();

    /** Reads the start line from {@code start} to {@code end} of {@link Fields#bytes}, without its CR LF. */
    abstract void startLine(int start, int end) throws BadMessageException;
}
