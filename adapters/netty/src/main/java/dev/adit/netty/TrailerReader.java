package dev.adit.netty;

/** Reads the trailer section of a chunked message (RFC 9112 section 7.1.2). */
final class TrailerReader extends HeadReader {
    TrailerReader(NettyLimits limits) {
        super(limits, false);
        reset();
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
