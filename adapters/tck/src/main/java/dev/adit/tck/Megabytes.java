package dev.adit.tck;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.LongStream;

/** Many bytes that nobody has to keep: a pattern in which a piece that is lost, doubled or moved shows. */
final class Megabytes {
    /** How they are sent and looked at. */
    static final int PIECE = 64 << 10;
    /** Prime. */
    private static final int PERIOD = 251;

    private static final byte[] PATTERN = new byte[PIECE + PERIOD];

    static {
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) (i % PERIOD);
        }
    }

    private Megabytes() {}

    static Iterator<byte[]> pieces(long length) {
        return LongStream.range(0, (length + PIECE - 1) / PIECE)
                .mapToObj(i -> at(i * PIECE, (int) Math.min(PIECE, length - i * PIECE)))
                .iterator();
    }

    /** At most {@link #PIECE} bytes. */
    static byte[] at(long offset, int length) {
        int start = (int) (offset % PERIOD);
        return Arrays.copyOfRange(PATTERN, start, start + length);
    }
}
