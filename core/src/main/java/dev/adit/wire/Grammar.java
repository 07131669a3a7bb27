package dev.adit.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Which octets may stand where (RFC 9110 sections 5.5 and 5.6.2). Heads are looked through eight octets at a time. */
public final class Grammar {
    /** Eight bytes at a time, the first of them lowest. */
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Times a byte: that byte eight times. */
    private static final long EACH = 0x0101010101010101L;

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

    /** Whether all of {@code bytes} from {@code from} to {@code end} {@link #isText(byte) are text}. */
    static boolean isText(byte[] bytes, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long word = (long) WORDS.get(bytes, at);
            // What is below a space, which a tab is too, or DEL; the latter is zero after the exclusive or.
            long controls = (word - 0x20 * EACH) & ~word;
            long del = word ^ 0x7f * EACH;
            if (((controls | (del - EACH) & ~del) & 0x80 * EACH) != 0 && !isText(bytes, at, at + Long.BYTES, TEXT)) {
                return false;
            }
            at += Long.BYTES;
        }
        return isText(bytes, at, end, TEXT);
    }

    private static boolean isText(byte[] bytes, int from, int end, boolean[] text) {
        for (int i = from; i < end; i++) {
            if (!text[bytes[i] & 0xff]) {
                return false;
            }
        }
        return true;
    }

    /** Where the first line feed is from {@code from} on and before {@code end}, or -1. */
    static int lineFeed(byte[] bytes, int from, int end) {
        int at = from;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long zero = (long) WORDS.get(bytes, at) ^ '\n' * EACH;
            long found = (zero - EACH) & ~zero & 0x80 * EACH;
            if (found != 0) {
                // The lowest mark is right; a borrow can only have made wrong ones above it.
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        for (; at < end; at++) {
            if (bytes[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
