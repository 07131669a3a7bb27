package dev.adit.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters that threads seldom share: every thread counts in its own stripe, and the sum of the stripes is the count. Two
 * threads that count at once in one memory line take turns at it, which costs many times what counting costs.
 *
 * <pre>
 *   | length, 128 bytes that nobody writes | stripe 0 ... 128 bytes | stripe 1 ... 128 bytes | ...
 * </pre>
 *
 * The length stands apart because whoever counts reads it, to see that its stripe is inside. Plain arrays, since every object
 * on the way to a counter is one more memory access that has to wait for the one before.
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

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(int[].class);

    private Stripes() {}

    /** The stripe of this thread. */
    static int mine() {
        return (int) Thread.currentThread().getId() & COUNT - 1;
    }

    /** Counters in every stripe, all zero. */
    static int[] counters() {
        return counters(COUNT);
    }

    /** Counters in so many stripes. */
    static int[] counters(int stripes) {
        return new int[stripes + 1 << GAP_BITS];
    }

    /** Where the counters of {@code stripe} begin. */
    static int slot(int stripe) {
        return stripe + 1 << GAP_BITS;
    }

    /** As of now. */
    static int get(int[] counters, int index) {
        return (int) ELEMENT.getVolatile(counters, index);
    }

    static void set(int[] counters, int index, int value) {
        ELEMENT.setVolatile(counters, index, value);
    }

    static int getAndAdd(int[] counters, int index, int delta) {
        return (int) ELEMENT.getAndAdd(counters, index, delta);
    }

    static boolean compareAndSet(int[] counters, int index, int expected, int value) {
        return ELEMENT.compareAndSet(counters, index, expected, value);
    }

    /** The sum of a counter, each stripe as of the moment it is read. */
    static int sum(int[] counters, int counter) {
        int sum = 0;
        for (int stripe = 0; stripe < COUNT; stripe++) {
            sum += get(counters, slot(stripe) + counter);
        }
        return sum;
    }
}
