package dev.adit.wire;

/** Which octets may stand where (RFC 9110 sections 5.5 and 5.6.2). */
public final class Grammar {
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

    private Grammar() {}

    /** Whether it may stand in a token: a method or a field's name. */
    public static boolean isToken(byte b) {
        return TOKEN[b & 0xff];
    }

    /** Whether it may stand in a field's value, a reason or a chunk's extension: visible, beyond ASCII, space or tab. */
    public static boolean isText(byte b) {
        return TEXT[b & 0xff];
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
