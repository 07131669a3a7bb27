package dev.adit.wire;

/** Reads the trailer section of a chunked message (RFC 9112 section 7.1.2). */
final class TrailerReader extends HeadReader {
    TrailerReader(MessageLimits limits) {
        super(limits, false);
    }

    @Override
    boolean mayStartBlank() {
        return false;
    }

    @Override
    void startLine(int start, int end) {
        throw new IllegalStateException("trailers have no start line");
    }
}
