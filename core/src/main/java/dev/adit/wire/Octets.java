package dev.adit.wire;

import java.nio.charset.StandardCharsets;

/** A movable window on bytes of a message head, one character per octet. */
public final class Octets implements CharSequence {
    private byte[] bytes = new byte[0];
    private int offset;
    private int length;

    Octets move(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.offset = start;
        this.length = end - start;
        return this;
    }

    /** Where the octets are, from {@link #offset} on; not to be changed. */
    public byte[] array() {
        return bytes;
    }

    /** Where they start in {@link #array}. */
    public int offset() {
        return offset;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        return (char) (bytes[offset + index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().subSequence(start, end);
    }

    @Override
    public String toString() {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}
