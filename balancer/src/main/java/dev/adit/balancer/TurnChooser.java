package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/**
 * Smooth weighted round robin: in every period each seat has as many turns as its weight says, spread as evenly as can be.
 *
 * <pre>
 *   weights a:5 b:1 c:1    period  a a b a c a a  a a b a c a a ...
 *
 *   every turn: each seat earns its weight; who has most gets the turn and pays the sum of all weights
 * </pre>
 *
 * The period is worked out beforehand, so a choice is one step of a cursor. Where it would be too long, every choice works
 * its turn out under a lock.
 */
final class TurnChooser extends Chooser {
    private static final int MAX_PERIOD = 1 << 16;
    private static final int MAX_WORK = 1 << 22;

    private final Seat[] seats;
    private final Seat[] period;
    private final Cursor cursor;

    private TurnChooser(Seat[] seats, Seat[] period, Cursor cursor) {
        this.seats = seats;
        this.period = period;
        this.cursor = cursor;
    }

    static Chooser of(Seat[] seats, Cursor cursor) {
        int unit = 0;
        long sum = 0;
        for (Seat seat : seats) {
            unit = greatestDivisor(seat.tenths, unit);
            sum += seat.tenths;
        }
        long turns = unit == 0 ? 0 : sum / unit;
        if (turns == seats.length) {
            return new TurnChooser(seats, seats, cursor);
        }
        Earnings earnings = new Earnings(seats, unit);
        if (turns > MAX_PERIOD || turns * seats.length > MAX_WORK) {
            return new Live(seats, earnings, cursor);
        }
        Seat[] period = new Seat[(int) turns];
        for (int turn = 0; turn < period.length; turn++) {
            period[turn] = seats[earnings.next()];
        }
        return new TurnChooser(seats, period, cursor);
    }

    private static int greatestDivisor(int a, int b) {
        return b == 0 ? a : greatestDivisor(b, a % b);
    }

    @Override
    @Nullable
    Seat choose(PickKey key, int live) {
        int length = period.length;
        if (length == 0) {
            return null;
        }
        Seat seat = period[cursor.next(length)];
        return seat.take(key, live) ? seat : chooseNext(key, live);
    }

    /**
     * Who was tried gives its turn away: the next turn is drawn. To walk on without drawing would give its neighbour this turn
     * and the next one too.
     */
    private @Nullable Seat chooseNext(PickKey key, int live) {
        for (int draws = seats.length - 1; draws > 0; draws--) {
            Seat seat = period[cursor.next(period.length)];
            if (seat.take(key, live)) {
                return seat;
            }
        }
        // In a long period, or with other threads drawing in between, the turns above need not have shown every seat.
        return scan(seats, cursor.peek(seats.length), key, live);
    }

    /** What every seat has earned and not yet spent. */
    private static final class Earnings {
        private final long[] weights;
        private final long[] earned;
        private long sum;

        Earnings(Seat[] seats, int unit) {
            weights = new long[seats.length];
            earned = new long[seats.length];
            for (int i = 0; i < seats.length; i++) {
                weights[i] = seats[i].tenths / unit;
                sum += weights[i];
            }
        }

        int next() {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                earned[i] += weights[i];
                if (earned[i] > earned[best]) {
                    best = i;
                }
            }
            earned[best] -= sum;
            return best;
        }
    }

    /** For periods too long to work out. */
    private static final class Live extends Chooser {
        private final Seat[] seats;
        private final Earnings earnings;
        private final Cursor cursor;

        Live(Seat[] seats, Earnings earnings, Cursor cursor) {
            this.seats = seats;
            this.earnings = earnings;
            this.cursor = cursor;
        }

        @Override
        @Nullable
        Seat choose(PickKey key, int live) {
            for (int draws = seats.length; draws > 0; draws--) {
                Seat seat = seats[next()];
                if (seat.take(key, live)) {
                    return seat;
                }
            }
            return scan(seats, cursor.next(seats.length), key, live);
        }

        private synchronized int next() {
            return earnings.next();
        }
    }
}
