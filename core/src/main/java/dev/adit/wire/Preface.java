package dev.adit.wire;

import java.nio.charset.StandardCharsets;

/** Whether a client begins with HTTP/2's connection preface (RFC 9113 section 3.4). */
public enum Preface {
    /** It does not. */
    ABSENT,
    /** What is here begins like one. */
    POSSIBLE,
    /** It does. */
    PRESENT;

    private static final byte[] OCTETS = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    /** Looks at the first bytes of a connection, which stand in {@code bytes} from {@code from} to {@code to}. */
    public static Preface in(byte[] bytes, int from, int to) {
        int here = Math.min(to - from, OCTETS.length);
        for (int i = 0; i < here; i++) {
            if (bytes[from + i] != OCTETS[i]) {
                return ABSENT;
            }
        }
        return here == OCTETS.length ? PRESENT : POSSIBLE;
    }
}
