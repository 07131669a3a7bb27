package dev.adit.wire;

/**
 * Reads the trailer section of a chunked message (RFC 9112 section 7.1.2), byte by byte. What cannot stand where it stands is
 * refused at once, not at the end of its line: somebody who is less strict may be given each byte that was taken.
 *
 * <pre>
 *   LINE ──token──▶ NAME ──:──▶ VALUE ──CR──▶ CR ──LF──▶ LINE
 *     └──────────────CR──────────────────────▲
 * </pre>
 */
final class TrailerReader extends HeadReader {
    private enum Place {
        LINE,
        NAME,
        VALUE,
        CR
    }

    private Place place = Place.LINE;

    TrailerReader(MessageLimits limits) {
        super(limits, false);
    }

    @Override
    public void reset() {
        super.reset();
        place = Place.LINE;
    }

    /** Takes the next byte; returns whether the section is complete. */
    boolean take(byte b) throws BadMessageException {
        place = next(b);
        room(1)[length()] = b;
        accept(1);
        return isComplete();
    }

    private Place next(byte b) throws BadMessageException {
        switch (place) {
            case LINE, NAME -> {
                if (Grammar.isToken(b)) {
                    return Place.NAME;
                }
                if (b == (place == Place.LINE ? '\r' : ':')) {
                    return place == Place.LINE ? Place.CR : Place.VALUE;
                }
            }
            case VALUE -> {
                if (b == '\r' || Grammar.isText(b)) {
                    return b == '\r' ? Place.CR : Place.VALUE;
                }
            }
            case CR -> {
                if (b == '\n') {
                    return Place.LINE;
                }
            }
        }
        throw new BadMessageException("not a trailer field");
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
