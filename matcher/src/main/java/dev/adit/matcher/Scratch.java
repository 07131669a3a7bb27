package dev.adit.matcher;

/**
 * Where a thread lays out the text that it looks up, so that a look-up allocates nothing. It grows with the longest text of a rule, never
 * with that of a request.
 */
final class Scratch {
    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);
    private static final int FIRST_BYTES = 256;
    private static final int WIDE_BYTES = 3;

    /** The text, with {@link Words#PADDING} zeros after the last byte. */
    byte[] bytes = {};
    /** By word: what the words before it add up to. */
    long[] sums = {};
    /** By 64 bytes: bit i is set where a prefix of i bytes ends before a slash, or with the path. */
    long[] boundaries = {};
    /** How many bytes are laid out; of a path, how many were scanned. */
    int length;
    /** Whether they are the whole path. */
    boolean whole;

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
     * itself, or the text is asked for {@link #isAscii}.
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

    /** Whether the first {@code length} characters are ASCII. */
    static boolean isAscii(String text, int length) {
        int all = 0;
        for (int i = 0; i < length; i++) {
            all |= text.charAt(i);
        }
        return all < 0x80;
    }

    /** How many bytes {@link #respell} needs for a text that is well spelled. */
    static int bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            bytes += text.charAt(i) < 0x80 ? 1 : WIDE_BYTES;
        }
        return bytes;
    }

    /**
     * Lays out what could matter of a path, by low bytes, and scans it.
     *
     * @param longest how many bytes could matter
     * @param mostSlashes after how many slashes nothing matters
     * @return whether it looks well spelled; if not, only {@link #respell} helps
     */
    boolean readPath(String path, int longest, int mostSlashes) {
        int end = Math.min(path.length(), longest + 1);
        load(path, 0, end);
        whole = end == path.length();
        return end > 0 && bytes[0] == '/' && scan(mostSlashes);
    }

    /** Lays out what could matter of a path as if it was well spelled, and so that different paths look different, and scans it. */
    void respell(String path, int longest, int mostSlashes) {
        require(longest + 1 + WIDE_BYTES);
        int end = 0;
        boolean slashIsDue = true;
        for (int i = 0; i < path.length() && end <= longest; i++) {
            char c = path.charAt(i);
            if (c == '/') {
                slashIsDue = true;
                continue;
            }
            if (slashIsDue) {
                bytes[end++] = '/';
                slashIsDue = false;
            }
            end = put(c, end);
        }
        if (end <= longest && path.endsWith("/")) {
            bytes[end++] = '/';
        }
        Words.put(bytes, end, 0);
        length = end;
        whole = end <= longest;
        scan(mostSlashes);
    }

    /** A character that is not ASCII takes three bytes, none of which is. */
    private int put(char c, int at) {
        if (c < 0x80) {
            bytes[at] = (byte) c;
            return at + 1;
        }
        bytes[at] = (byte) (0x80 | c >>> 12);
        bytes[at + 1] = (byte) (0x80 | c >>> 6 & 0x3F);
        bytes[at + 2] = (byte) (0x80 | c & 0x3F);
        return at + WIDE_BYTES;
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
