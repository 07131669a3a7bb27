package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Whose turn it is. Lives as long as its pool, so that an update does not send everybody to the first endpoint. Every
 * stripe of threads goes round by itself, so each sees the exact order, and starts somewhere else than the others.
 */
final class Cursor {
    private static final int STAGGER = 0x3C6EF372;

    private final AtomicIntegerArray turns = Stripes.counters();

    Cursor() {
        // The thread that makes a pool begins with the first endpoint.
        int first = Stripes.mine();
        for (int stripe = 0; stripe < Stripes.COUNT; stripe++) {
            turns.set(Stripes.slot(stripe), (stripe - first & Stripes.COUNT - 1) * STAGGER);
        }
    }

    /** Draws a turn: 0 to {@code size} - 1. */
    int next(int size) {
        return (turns.getAndIncrement(Stripes.slot(Stripes.mine())) & Integer.MAX_VALUE) % size;
    }

    /** The turn that {@link #next} would draw. */
    int peek(int size) {
        return (turns.get(Stripes.slot(Stripes.mine())) & Integer.MAX_VALUE) % size;
    }
}
