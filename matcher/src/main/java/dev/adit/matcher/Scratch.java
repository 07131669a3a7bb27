package dev.adit.matcher;

/**
 * Where a thread lays out the strings that it looks up and takes notes of long paths, so that a look-up allocates nothing. It grows with the
 * longest text of a rule, never with that of a request.
 */
final class Scratch {
    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);
    private static final int FIRST_BYTES = 256;

    private byte[] bytes = {};
    /** By word: what the words before it add up to. */
    private long[] sums = {};
    /** By 64 bytes: bit i is set where a prefix of i bytes ends before a slash, or with the path. */
    long[] boundaries = {};
    /** How many bytes of the path were read. */
    int length;

    private Scratch() {
        room(FIRST_BYTES);
    }

    /** That of the current thread. */
    static Scratch mine() {
        return MINE.get();
    }

    private void room(int length) {
        bytes = new byte[length + Words.PADDING];
        sums = new long[(length >>> 3) + 2];
        boundaries = new long[(length >>> 6) + 1];
    }

    private void require(int length) {
        if (bytes.length < length + Words.PADDING) {
            room(Integer.highestOneBit(length) << 1);
        }
    }

    /**
     * Lays out the low bytes of {@code text[from, to)}. Different texts can look the same afterwards: what is found by it is compared with the text
     * itself.
     */
    @SuppressWarnings("deprecation") // that it takes low bytes is what it is wanted for: nothing else copies without an
    // allocation
    byte[] load(String text, int from, int to) {
        require(to - from);
        text.getBytes(from, to, bytes, 0);
        return bytes;
    }

    /** Lays out {@code text[from, from + length)}. */
    byte[] load(byte[] text, int from, int length) {
        require(length);
        System.arraycopy(text, from, bytes, 0, length);
        return bytes;
    }

    /** Lays out the first characters of a text, those that are not ASCII as one byte that no ASCII text holds. */
    byte[] loadAscii(String text, int length) {
        require(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            bytes[i] = (byte) (c < 0x80 ? c : 0x80);
        }
        return bytes;
    }

    /**
     * Takes notes of the path {@code text[from, from + pathLength)}, {@linkplain Words#PADDING padded}.
     *
     * @param longest how many of its bytes could matter
     * @param mostSlashes after how many slashes nothing matters
     * @return whether what was read is well spelled
     */
    boolean read(byte[] text, int from, int pathLength, int longest, int mostSlashes) {
        int end = Math.min(pathLength, longest + 1);
        require(end);
        boolean whole = end == pathLength;
        int left = mostSlashes;
        long sum = 0;
        long slashes = 0;
        long doubled = 0;
        for (int i = 0; i < end; i += 8) {
            long word = Words.word(text, from + i);
            sum = Words.before(sum, i >>> 3);
            sums[i >>> 3] = sum;
            sum += Words.product(word, i >>> 3);
            long carried = 0;
            if ((i & 63) == 0) {
                carried = slashes >>> 63;
                slashes = 0;
            }
            long found = Words.marked(word, Words.SLASHES) & Words.bits(end - i);
            slashes |= found << i;
            doubled |= slashes & (slashes << 1 | carried);
            boundaries[i >>> 6] = slashes;
            left -= Long.bitCount(found);
            if (left < 0 && i + 8 < end) {
                whole = false;
                end = i + 8;
            }
        }
        sums[end + 7 >>> 3] = Words.before(sum, end + 7 >>> 3);
        int last = end >>> 6;
        if ((end & 63) == 0) {
            boundaries[last] = 0;
        }
        if (whole) {
            boundaries[last] |= 1L << end;
        }
        length = end;
        return doubled == 0 && (end == 0 || text[from] == '/');
    }

    /** The hash of the first {@code length} bytes of the path that was read. */
    long hash(byte[] text, int from, int length) {
        int word = length >>> 3;
        long rest = Words.first(Words.word(text, from + (length & ~7)), length & 7);
        return Words.finish(sums[word] + Words.product(rest, word), length);
    }
}
