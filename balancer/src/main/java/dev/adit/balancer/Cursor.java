package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Whose turn it is. Lives as long as its pool, so that an update does not send everybody to the first endpoint.
 *
 * <pre>
 *   together:  all threads  ->  turn 0 1 2 3 ...            until two of them keep each other from drawing
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
    /** One failure can be chance; in threads that always draw, the second one in a row does not take long to come. */
    private static final int TRIES = 2;

    private final AtomicInteger together = new AtomicInteger();
    private final AtomicIntegerArray apart = Stripes.counters();
    private volatile boolean parted;

    Cursor() {
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            apart.set(Stripes.slot(stripe), stripe * STAGGER);
        }
    }

    /** Draws a turn: 0 to {@code size} - 1. */
    int next(int size) {
        return (next() & Integer.MAX_VALUE) % size;
    }

    private int next() {
        for (int tries = TRIES; tries > 0 && !parted; tries--) {
            int turn = together.get();
            if (together.compareAndSet(turn, turn + 1)) {
                return turn;
            }
        }
        parted = true;
        return apart.getAndIncrement(Stripes.slot(Stripes.mine()));
    }

    /** The turn that {@link #next} would draw. */
    int peek(int size) {
        int turn = parted ? apart.get(Stripes.slot(Stripes.mine())) : together.get();
        return (turn & Integer.MAX_VALUE) % size;
    }
}
