package dev.adit.balancer;

/**
 * Whose turn it is. Lives as long as its pool, so that an update does not send everybody to the first endpoint.
 *
 * <pre>
 *   together:  all threads  ->  turn 0 1 2 3 ...            until two of them are seen to draw at once
 *   apart:     stripe 0     ->  turn 0 1 2 3 ...
 *              stripe 1     ->  turn k k+1 k+2 ...          from then on
 * </pre>
 *
 * As long as threads seldom meet, everybody sees one exact order: who tries a service by hand, over a new connection each
 * time, sees every endpoint in turn. Threads that draw all the time would wait for each other's memory line instead; they
 * part, every stripe of threads goes round by itself from somewhere else, and each still sees the exact order.
 */
final class Cursor {
    private static final int STAGGER = 0x3C6EF372;
    /** Comes after the stripes, in a memory line of its own as they have theirs. */
    private static final int TOGETHER = Stripes.slot(Stripes.COUNT);

    /** Who draws one turn in so many looks whether somebody else draws at once: a power of two. */
    private static final int WATCH = 1 << 10;

    /** How long it looks: some 100 ns. */
    private static final int PAUSES = 4;

    private final int[] turns = Stripes.counters(Stripes.COUNT + 1);
    private volatile boolean parted;
    /** What the last look showed. Threads that race for it all look. */
    private boolean met;

    Cursor() {
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            turns[Stripes.slot(stripe)] = stripe * STAGGER;
        }
    }

    /** Draws a turn: 0 to {@code size} - 1. */
    int next(int size) {
        int turn = Stripes.getAndAdd(turns, slot(), 1);
        if ((turn & WATCH - 1) == 0 && !parted) {
            watch(turn);
        }
        return (turn & Integer.MAX_VALUE) % size;
    }

    /** Once can be chance; threads that always draw are seen twice in a row before long. */
    private void watch(int turn) {
        for (int pause = 0; pause < PAUSES; pause++) {
            Thread.onSpinWait();
        }
        boolean metNow = Stripes.get(turns, TOGETHER) != turn + 1;
        parted |= met && metNow;
        met = metNow;
    }

    /** The turn that {@link #next} would draw. */
    int peek(int size) {
        return (Stripes.get(turns, slot()) & Integer.MAX_VALUE) % size;
    }

    private int slot() {
        return parted ? Stripes.slot(Stripes.mine()) : TOGETHER;
    }
}
