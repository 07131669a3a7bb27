package dev.adit.undertow;

/** Which octets may stand where (RFC 9110 section 5.6.2, RFC 9112 section 5). */
final class Octets {
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int b = 0; b < 256; b++) {
            boolean letter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
            TOKEN[b] = letter || b >= '0' && b <= '9' || "!#$%&'*+-.^_`|~".indexOf(b) >= 0;
        }
    }

    private Octets() {}

    static boolean isToken(byte b) {
        return TOKEN[b & 0xff];
    }

    /** Whether it may stand in a field's value, a reason or a chunk's extension: visible, beyond ASCII, space or tab. */
    static boolean isText(byte b) {
        return b == '\t' || (b & 0xff) >= ' ' && b != 0x7f;
    }
}
