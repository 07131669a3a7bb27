package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counters that threads seldom share: every thread counts in its own stripe, and the sum of the stripes is the count. Two
 * threads that count at once in one memory line take turns at it, which costs many times what counting costs.
 *
 * <pre>
 *   |  stripe 0  |  ... 128 bytes apart ...  |  stripe 1  |  ...
 * </pre>
 */
final class Stripes {
    /**
     * A power of two, as many as there are processors: threads are numbered as they start, so the event loops of a server,
     * which start together, are kept apart. More would make every sum dearer.
     */
    static final int COUNT =
            Integer.highestOneBit(Math.min(8, Runtime.getRuntime().availableProcessors()) * 2 - 1);

    /** Ints between two stripes: two lines, as processors fetch lines in pairs. */
    private static final int GAP_BITS = 5;

    private Stripes() {}

    /** The stripe of this thread. */
    static int mine() {
        return (int) Thread.currentThread().getId() & COUNT - 1;
    }

    /** Counters in every stripe, all zero. */
    static AtomicIntegerArray counters() {
        return new AtomicIntegerArray(COUNT << GAP_BITS);
    }

    /** Where the counters of {@code stripe} begin. */
    static int slot(int stripe) {
        return stripe << GAP_BITS;
    }

    /** The sum of a counter, each stripe as of the moment it is read. */
    static int sum(AtomicIntegerArray counters, int counter) {
        int sum = 0;
        for (int slot = counter; slot < counters.length(); slot += 1 << GAP_BITS) {
            sum += counters.get(slot);
        }
        return sum;
    }
}
