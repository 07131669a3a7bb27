package dev.adit.matcher;

/**
 * Where a thread lays out the text that it looks up, so that a look-up allocates nothing. It grows with the longest text of a rule, never
 * with that of a request.
 */
final class Scratch {
    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);
    private static final int FIRST_BYTES = 256;

    /** The text, with {@link Words#PADDING} zeros after the last byte. */
    byte[] bytes = {};
    /** By word: what the words before it add up to. */
    private long[] sums = {};
    /** By 64 bytes: bit i is set where a prefix of i bytes ends before a slash, or with the path. */
    long[] boundaries = {};
    /** How many bytes are laid out; of a path, how many were scanned. */
    int length;
    /** Whether they are the whole path. */
    private boolean whole;

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
    void load(String text, int from, int to) {
        int count = to - from;
        require(count);
        text.getBytes(from, to, bytes, 0);
        Words.put(bytes, count, 0);
        length = count;
    }

    /**
     * Lays out what could matter of a path, and scans it.
     *
     * @param longest how many characters could matter
     * @param mostSlashes after how many slashes nothing matters
     * @return whether it looks well spelled; true if it is
     */
    boolean readPath(String path, int longest, int mostSlashes) {
        int end = Math.min(path.length(), longest + 1);
        load(path, 0, end);
        whole = end == path.length();
        return scan(mostSlashes) && (path.isEmpty() || path.charAt(0) == '/');
    }

    /** The hash of the first {@code length} bytes of the path. */
    long hash(int length) {
        int word = length >>> 3;
        long rest = Words.first(Words.word(bytes, length & ~7), length & 7);
        return Words.finish(sums[word] + Words.product(rest, word), length);
    }

    /** Finds the sums and boundaries; says whether there are no two slashes in a row. Ends early once nothing matters any more. */
    private boolean scan(int mostSlashes) {
        byte[] laidOut = bytes;
        long[] before = sums;
        long[] bounds = boundaries;
        int end = length;
        int left = mostSlashes;
        long sum = 0;
        long slashes = 0;
        long doubled = 0;
        for (int i = 0; i < end; i += 8) {
            long word = Words.word(laidOut, i);
            sum = Words.before(sum, i >>> 3);
            before[i >>> 3] = sum;
            sum += Words.product(word, i >>> 3);
            long carried = 0;
            if ((i & 63) == 0) {
                carried = slashes >>> 63;
                slashes = 0;
            }
            long found = Words.slashes(word);
            slashes |= found << i;
            doubled |= slashes & (slashes << 1 | carried);
            bounds[i >>> 6] = slashes;
            left -= Long.bitCount(found);
            if (left < 0) {
                whole = false;
                end = i + 8;
            }
        }
        before[end + 7 >>> 3] = Words.before(sum, end + 7 >>> 3);
        int last = end >>> 6;
        if ((end & 63) == 0) {
            bounds[last] = 0;
        }
        if (whole) {
            bounds[last] |= 1L << end;
        }
        length = end;
        return doubled == 0;
    }
}
