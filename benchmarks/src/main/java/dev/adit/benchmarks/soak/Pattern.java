package dev.adit.benchmarks.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Bytes of any number that show at once if one is missing, doubled or out of place: their period is a prime. */
final class Pattern {
    private static final int PERIOD = 65_521;
    private static final byte[] TWICE = new byte[2 * PERIOD];

    static {
        for (int i = 0; i < TWICE.length; i++) {
            int at = i % PERIOD;
            TWICE[i] = (byte) (at * 31 + (at >> 8));
        }
    }

    private Pattern() {}

    /** Writes the bytes from {@code from} on, {@code length} of them. */
    static void write(OutputStream out, long from, int length) throws IOException {
        for (long at = from; at < from + length; ) {
            int step = (int) Math.min(PERIOD, from + length - at);
            out.write(TWICE, (int) (at % PERIOD), step);
            at += step;
        }
    }

    /** The first bytes. */
    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; at += PERIOD) {
            System.arraycopy(TWICE, 0, bytes, at, Math.min(PERIOD, length - at));
        }
        return bytes;
    }

    /** Reads {@code in} to its end, which must be the pattern's first bytes. Returns how many they were. */
    static long check(InputStream in) throws IOException {
        byte[] buffer = new byte[16_384];
        long total = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] != TWICE[(int) ((total + i) % PERIOD)]) {
                    throw new IOException("byte " + (total + i) + " is not the one that was sent");
                }
            }
            total += read;
        }
        return total;
    }
}
