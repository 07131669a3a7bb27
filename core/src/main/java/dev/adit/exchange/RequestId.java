package dev.adit.exchange;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A generated request id: 32 hexadecimal digits, spelled only where somebody reads them. Immutable. */
final class RequestId implements CharSequence {
    private static final int MAX_LENGTH = 128;
    private static final String HEX = "0123456789abcdef";

    private final long high;
    private final long low;

    RequestId(RandomGenerator random) {
        high = random.nextLong();
        low = random.nextLong();
    }

    /** The client's own id if it may go on, else a generated one. */
    static CharSequence of(Headers headers, RandomGenerator random) {
        String sent = headers.get("X-Request-ID");
        return sent != null && sane(sent) ? sent : new RequestId(random);
    }

    /** Whether a client's own id may go on: 1 to 128 characters that need no quoting in any log. */
    static boolean sane(@Nullable String id) {
        if (id == null || id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80;
            if (!letter && (c < '0' || c > '9') && "-_.:/+=@~".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int length() {
        return 32;
    }

    @Override
    public char charAt(int index) {
        if (index < 0 || index >= 32) {
            throw new IndexOutOfBoundsException(index);
        }
        long half = index < 16 ? high : low;
        return HEX.charAt((int) (half >>> 60 - 4 * (index & 15)) & 15);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    @Override
    public String toString() {
        byte[] digits = new byte[32];
        for (int i = 0; i < digits.length; i++) {
            digits[i] = (byte) charAt(i);
        }
        return new String(digits, StandardCharsets.ISO_8859_1);
    }
}
