package dev.adit.balancer;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The seats of the request's hash in turn. A hash has as many seats as a subset is large: those that it and what follows
 * from it belong to, each once. If none of them has a place, whose turn it is among all gets the request.
 */
final class SubsetChooser extends Chooser {
    /** Cursors that hashes share. */
    static final int CURSORS = 256;

    private static final int DRAWS_PER_SEAT = 16;

    private final KeyTable table;
    private final Seat[] seats;
    private final int size;
    private final AtomicIntegerArray cursors;
    private final Chooser others;

    /** @param size less than there are seats */
    SubsetChooser(KeyTable table, Seat[] seats, int size, AtomicIntegerArray cursors, Chooser others) {
        this.table = table;
        this.seats = seats;
        this.size = size;
        this.cursors = cursors;
        this.others = others;
    }

    @Override
    @Nullable
    Seat choose(PickKey key, int live) {
        long hash = key.hash();
        if (hash == 0) {
            return others.choose(key, live);
        }
        int turn = (cursors.getAndIncrement((int) hash & CURSORS - 1) & Integer.MAX_VALUE) % size;
        for (int i = 0; i < size; i++) {
            Seat seat = seats[seat(hash, turn + i < size ? turn + i : turn + i - size)];
            if (seat.usable && seat.take(key, live)) {
                return seat;
            }
        }
        return others.choose(key, live);
    }

    /** The {@code nth} seat of a hash, from 0. Looks again rather than remember, as memory would have to be allocated. */
    private int seat(long hash, int nth) {
        int distinct = 0;
        int draws = DRAWS_PER_SEAT * size;
        for (int draw = 0; draw < draws; draw++) {
            if (isNew(hash, draw) && distinct++ == nth) {
                return draw(hash, draw);
            }
        }
        // Weights so unlike that others hardly come up: the heavy ones serve for them.
        return draw(hash, nth);
    }

    private boolean isNew(long hash, int draw) {
        int seat = draw(hash, draw);
        for (int earlier = 0; earlier < draw; earlier++) {
            if (draw(hash, earlier) == seat) {
                return false;
            }
        }
        return true;
    }

    private int draw(long hash, int draw) {
        return table.find(Hash.mix(hash + draw * Hash.STEP));
    }
}
