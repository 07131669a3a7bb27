package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/** The seat that costs least: of two drawn at random, or of all. What a seat costs is up to the subclass. */
abstract class LoadChooser extends Chooser {
    private final Seat[] seats;
    /** Draws two; null to look at all. */
    private final @Nullable Draw draw;

    private final Cursor cursor;

    LoadChooser(Seat[] seats, @Nullable Draw draw, Cursor cursor) {
        this.seats = seats;
        this.draw = draw;
        this.cursor = cursor;
    }

    /** Called once per choice: what {@link #cost} needs of the time. */
    abstract long now();

    /** What one lease more would cost at the seat, if its weight were one tenth. */
    abstract double cost(Vitals vitals, long now);

    @Override
    @Nullable
    final Seat choose(PickKey key, int live) {
        if (draw != null && seats.length > 1) {
            long now = now();
            long two = draw.two();
            Seat first = seats[(int) (two >>> 32)];
            Seat second = seats[(int) two];
            boolean inOrder = cost(first, now) <= cost(second, now);
            Seat better = inOrder ? first : second;
            if (better.take(key, live)) {
                return better;
            }
            Seat other = inOrder ? second : first;
            if (other.take(key, live)) {
                return other;
            }
        }
        return seats.length == 0 ? null : best(key, live);
    }

    private @Nullable Seat best(PickKey key, int live) {
        long now = now();
        // Ties go to whose turn it is.
        int start = cursor.next(seats.length);
        Seat best = null;
        double least = 0;
        for (int offset = 0; offset < seats.length; offset++) {
            int index = start + offset;
            Seat seat = seats[index < seats.length ? index : index - seats.length];
            double cost = cost(seat, now);
            if ((best == null || cost < least) && !key.tried(seat.endpoint) && seat.hasRoom(live)) {
                best = seat;
                least = cost;
            }
        }
        // Whoever took its last place meanwhile left the others as they were.
        return best == null || best.take(key, live) ? best : scan(seats, start, key, live);
    }

    private double cost(Seat seat, long now) {
        return cost(seat.vitals, now) / seat.tenths;
    }

    /** The fewest open leases. */
    static final class Connections extends LoadChooser {
        Connections(Seat[] seats, @Nullable Draw draw, Cursor cursor) {
            super(seats, draw, cursor);
        }

        @Override
        long now() {
            return 0;
        }

        @Override
        double cost(Vitals vitals, long now) {
            return vitals.inFlight() + 1;
        }
    }

    /** The shortest wait. */
    static final class PeakEwma extends LoadChooser {
        /** More than any latency: who has not answered yet gets one lease, and others only if nobody else is there. */
        private static final double UNKNOWN = 1e18;

        private final Balancer balancer;
        private final double decayNanos;

        PeakEwma(Seat[] seats, Draw draw, Cursor cursor, Balancer balancer, double decayNanos) {
            super(seats, draw, cursor);
            this.balancer = balancer;
            this.decayNanos = decayNanos;
        }

        @Override
        long now() {
            return balancer.now();
        }

        @Override
        double cost(Vitals vitals, long now) {
            int inFlight = vitals.inFlight();
            double latency = vitals.latency().nanos(now, decayNanos);
            if (latency == 0) {
                return inFlight == 0 ? 0 : UNKNOWN * (inFlight + 1);
            }
            return latency * (inFlight + 1);
        }
    }
}
