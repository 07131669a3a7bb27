package dev.adit.matcher;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Text eight bytes at a time: its words, its slashes and its keyed hash.
 *
 * <pre>
 *  bytes     / s h o p / c a  r t / 7             what follows the end is masked
 *            '---word 0----'  '---word 1----'
 *  sums      0                p0                p0 + p1
 *
 *  p(i) = upper half * lower half of (word(i) + secret(i))
 *  hash of the first 8 i + k bytes = finish(sums[i] + p(i) of the first k bytes of word(i), length)
 * </pre>
 *
 * <p>The words are multiplied independently of each other and then added, so that a processor works on several at once, and every prefix's
 * hash costs one more word when the sums before each word were noted on the way. It is the NH construction of UMAC (RFC 4418 section 5.2).
 * After the last secret the sum is multiplied by one more, and they begin anew.
 *
 * <p><b>Hash flooding.</b> Whoever writes rules or sends requests must not be able to aim texts at one slot. The secrets are drawn once per
 * process; without them, no two texts are known to meet more often than once in 2^32. It is no cryptographic hash: it resists who knows
 * this code, not who could measure single look-ups by the million.
 */
final class Words {
    /** How many bytes an array has after the end of a text, whatever they are, so that all of its words can be read at once. */
    static final int PADDING = 8;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final long SLASHES = 0x2F2F_2F2F_2F2F_2F2FL;
    private static final long LOW_BITS = 0x7F7F_7F7F_7F7F_7F7FL;
    /** Gathers the lowest bit of every byte in the top byte. */
    private static final long GATHER = 0x0102_0408_1020_4080L;

    private static final int KEYS = 64;
    private static final long[] SECRETS;
    /** Odd, so that no sum is lost by it. */
    private static final long AGAIN;

    static {
        SecureRandom random = new SecureRandom();
        SECRETS = random.longs(KEYS).toArray();
        AGAIN = random.nextLong() | 1;
    }

    private static final long LOW_HALF = 0xFFFF_FFFFL;
    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;
    private static final long STEP_AGAIN = 0xD6E8_FEB8_6659_FD93L;

    private Words() {}

    /** The eight bytes from {@code at} on, the first one lowest. */
    static long word(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** These bytes and {@link #PADDING}. */
    static byte[] padded(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + PADDING);
    }

    static void put(byte[] bytes, int at, long word) {
        LONGS.set(bytes, at, word);
    }

    /** The first {@code count} bytes of a word, 0 to 7; the others 0. */
    static long first(long word, int count) {
        return word & (1L << (count << 3)) - 1;
    }

    /** Which bytes of a word are as those of {@code mark}, such as {@link #SLASHES}: bit 0 stands for the first one. */
    static long marked(long word, long mark) {
        long other = word ^ mark; // what is equal becomes 0; bit 7 of a byte gets clear only if all of the byte is
        long zeros = ~((other & LOW_BITS) + LOW_BITS | other | LOW_BITS);
        return (zeros >>> 7) * GATHER >>> 56;
    }

    /** The lowest {@code count} bits; all of them from 64 on. */
    static long bits(int count) {
        return count >= Long.SIZE ? -1 : (1L << count) - 1;
    }

    /** What the word with this index adds to the sum. */
    static long product(long word, int index) {
        long keyed = word + SECRETS[index & KEYS - 1];
        return (keyed & LOW_HALF) * (keyed >>> 32);
    }

    /** What the words before the one with this index add up to, from their sum: where the secrets begin anew, position counts all the same. */
    static long before(long sum, int index) {
        return (index & KEYS - 1) == 0 && index > 0 ? (sum ^ sum >>> 32) * AGAIN : sum;
    }

    /** The hash of a text from the sum of its products. */
    static long finish(long sum, int length) {
        long mixed = (sum + length) * STEP;
        mixed = (mixed ^ mixed >>> 32) * STEP_AGAIN; // texts that differ in half a word alone stand in a lattice before
        return mixed ^ mixed >>> 32;
    }

    /** The hash of {@code bytes[from, from + length)}, {@linkplain #PADDING padded}. */
    static long hash(byte[] bytes, int from, int length) {
        long sum = 0;
        int whole = length & ~7;
        for (int i = 0; i < whole; i += 8) {
            sum = before(sum, i >>> 3) + product(word(bytes, from + i), i >>> 3);
        }
        long rest = first(word(bytes, from + whole), length & 7);
        return finish(before(sum, whole >>> 3) + product(rest, whole >>> 3), length);
    }

    /** Whether {@code length} bytes from there on are the same, both {@linkplain #PADDING padded}. */
    static boolean equal(byte[] one, int from, byte[] other, int start, int length) {
        int whole = length & ~7;
        for (int i = 0; i < whole; i += 8) {
            if (word(one, from + i) != word(other, start + i)) {
                return false;
            }
        }
        return first(word(one, from + whole) ^ word(other, start + whole), length & 7) == 0;
    }

    /** Whether {@code text[from, to)} is ASCII. */
    static boolean isAscii(String text, int from, int to) {
        int all = 0;
        for (int i = from; i < to; i++) {
            all |= text.charAt(i);
        }
        return all < 0x80;
    }

    /** The number of slots for so many entries: a power of two, at most half full, and never full. */
    static int capacity(int entries) {
        return entries == 0 ? 1 : Integer.highestOneBit(2 * entries - 1) << 1;
    }
}
