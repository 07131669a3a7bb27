package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/** The choice of a policy among the seats of one roster. Allocates nothing. Safe for any number of threads. */
abstract class Chooser {
    /**
     * Chooses a seat and takes a place there, or null if there is none for this request.
     *
     * @param live see {@link Seat#take}
     */
    abstract @Nullable Seat choose(PickKey key, int live);

    /** The first seat with a place from {@code start} on, all round. */
    static @Nullable Seat scan(Seat[] among, int start, PickKey key, int live) {
        for (int offset = 0; offset < among.length; offset++) {
            int index = start + offset;
            Seat seat = among[index < among.length ? index : index - among.length];
            if (seat.usable && seat.take(key, live)) {
                return seat;
            }
        }
        return null;
    }
}
