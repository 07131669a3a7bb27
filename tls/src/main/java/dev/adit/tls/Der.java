package dev.adit.tls;

import java.util.Arrays;

/**
 * A cursor over as much of DER (X.690) as private keys and OCSP responses need: one-byte tags and definite lengths. Reading past the end, or
 * another tag than the one asked for, is a {@link PemException}. Lengths are checked against the input before anything is
 * copied.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;
    /** Context-specific, constructed, number 0. */
    static final int CONTEXT_0 = 0xA0;

    private final byte[] bytes;
    private final String what;
    private int at;

    /** Over a private key, or a part of it. */
    Der(byte[] bytes) {
        this(bytes, "the private key");
    }

    /** @param what is named where it turns out broken */
    Der(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    /** Whether the next value has this tag. */
    boolean next(int tag) {
        return hasMore() && (bytes[at] & 0xFF) == tag;
    }

    /** Steps over the next value, whatever it is. */
    void skip() throws PemException {
        if (!hasMore()) {
            throw broken();
        }
        take(bytes[at] & 0xFF, false);
    }

    /** The content of the next value. */
    byte[] content(int tag) throws PemException {
        return take(tag, false);
    }

    /** A cursor over the content of the next value. */
    Der inside(int tag) throws PemException {
        return new Der(content(tag), what);
    }

    /** The next value with its tag and length. */
    byte[] value(int tag) throws PemException {
        return take(tag, true);
    }

    private byte[] take(int tag, boolean whole) throws PemException {
        int start = at;
        if (!next(tag)) {
            throw broken();
        }
        at++;
        int length = length();
        if (length > bytes.length - at) {
            throw broken();
        }
        int from = whole ? start : at;
        at += length;
        return Arrays.copyOfRange(bytes, from, at);
    }

    private int length() throws PemException {
        int first = octet();
        if (first < 0x80) {
            return first;
        }
        int octets = first & 0x7F;
        if (octets == 0 || octets > 3) { // indefinite, or longer than any input we take
            throw broken();
        }
        int length = 0;
        for (int i = 0; i < octets; i++) {
            length = length << 8 | octet();
        }
        return length;
    }

    private int octet() throws PemException {
        if (!hasMore()) {
            throw broken();
        }
        return bytes[at++] & 0xFF;
    }

    /** One value made of a tag and the given parts. */
    static byte[] of(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        int lengthOctets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
        byte[] value = new byte[2 + lengthOctets + length];
        int to = 0;
        value[to++] = (byte) tag;
        value[to++] = (byte) (lengthOctets == 0 ? length : 0x80 | lengthOctets);
        for (int shift = 8 * (lengthOctets - 1); shift >= 0; shift -= 8) {
            value[to++] = (byte) (length >> shift);
        }
        for (byte[] part : parts) {
            System.arraycopy(part, 0, value, to, part.length);
            to += part.length;
        }
        return value;
    }

    private PemException broken() {
        return new PemException(what + " is not valid DER");
    }
}
