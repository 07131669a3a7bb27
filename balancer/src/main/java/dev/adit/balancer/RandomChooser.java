package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/** Any seat. */
final class RandomChooser extends Chooser {
    private static final int DRAWS = 8;

    private final Seat[] seats;
    private final Draw draw;

    RandomChooser(Seat[] seats, Draw draw) {
        this.seats = seats;
        this.draw = draw;
    }

    @Override
    @Nullable
    Seat choose(PickKey key, int live) {
        if (seats.length == 0) {
            return null;
        }
        for (int draws = DRAWS; draws > 0; draws--) {
            Seat seat = seats[draw.one()];
            if (seat.take(key, live)) {
                return seat;
            }
        }
        return scan(seats, draw.one(), key, live);
    }
}
