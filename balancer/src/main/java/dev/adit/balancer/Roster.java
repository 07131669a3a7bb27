package dev.adit.balancer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may be chosen in a pool as of one moment, and how. Immutable; made anew when members change, when one is ejected or
 * comes back, and at every step of a slow start.
 *
 * <pre>
 *   members -- draining? --------------------+
 *           -- down, or ejected and allowed? +--> left out, unless nobody or too few would be left
 *           -- the others -------------------+--> usable: own zone | other zones --> chooser
 * </pre>
 */
final class Roster {
    /** Every member, in the order they were given. */
    final List<Seat> seats;

    final Chooser chooser;
    final boolean panic;
    /** Whether time alone will change something, at {@link #until}. */
    final boolean temporary;

    final long until;

    private Roster(List<Seat> seats, Chooser chooser, boolean panic, boolean temporary, long until) {
        this.seats = seats;
        this.chooser = chooser;
        this.panic = panic;
        this.temporary = temporary;
        this.until = until;
    }

    /** What a roster is made of. */
    record Candidate(Member member, Vitals vitals, @Nullable Tally tally) {}

    /** @param keys the table of those that are not draining, if the policy needs one */
    static Roster of(Pool pool, List<Candidate> candidates, Choosers choosers, @Nullable KeyTable keys, long now) {
        PoolSettings settings = pool.settings();
        boolean[] out = out(candidates, settings.outliers(), now);
        boolean allDrain = candidates.stream().allMatch(c -> c.member.draining());
        boolean panic = isPanic(candidates, out, allDrain, settings.outliers());
        boolean[] usable = new boolean[candidates.size()];
        double weight = 0;
        for (int i = 0; i < usable.length; i++) {
            Member member = candidates.get(i).member;
            usable[i] = (panic || !out[i]) && (allDrain || !member.draining());
            weight += usable[i] ? member.weight() : 0;
        }
        Clock clock = new Clock(now);
        List<Seat> seats = new ArrayList<>(usable.length);
        double bound = choosers.bound();
        for (int i = 0; i < usable.length; i++) {
            Candidate c = candidates.get(i);
            clock.notice(c.vitals, settings.slowStart());
            double share = usable[i] ? bound * c.member.weight() / weight : 0;
            int tenths = c.member.weight() * tenths(c.vitals, settings.slowStart(), now);
            seats.add(new Seat(pool, c.member, c.vitals, c.tally, usable[i], tenths, share));
        }
        Chooser chooser = choosers.over(seats, keys);
        return new Roster(List.copyOf(seats), chooser, panic, clock.set, clock.until);
    }

    private static int tenths(Vitals vitals, @Nullable SlowStart slowStart, long now) {
        return slowStart == null ? SlowStart.STEPS : slowStart.tenths(vitals.age(now));
    }

    /** Who is down, and of those ejected the first ones, as far as the pool may do without them. */
    private static boolean[] out(List<Candidate> candidates, @Nullable OutlierDetection rules, long now) {
        boolean[] out = new boolean[candidates.size()];
        List<Integer> ejected = new ArrayList<>();
        for (int i = 0; i < out.length; i++) {
            Vitals vitals = candidates.get(i).vitals;
            out[i] = vitals.isDown();
            if (rules != null && vitals.isEjected()) {
                ejected.add(i);
            }
        }
        if (rules != null) {
            ejected.stream()
                    .sorted(Comparator.comparingLong(
                            i -> candidates.get(i).vitals.ejectedUntil() - now))
                    .limit(rules.allowed(out.length))
                    .forEach(i -> out[i] = true);
        }
        return out;
    }

    private static boolean isPanic(
            List<Candidate> candidates, boolean[] out, boolean allDrain, @Nullable OutlierDetection rules) {
        int left = 0;
        int all = 0;
        for (int i = 0; i < out.length; i++) {
            if (allDrain || !candidates.get(i).member.draining()) {
                all++;
                left += out[i] ? 0 : 1;
            }
        }
        // With nobody left at all, to try is better than to refuse.
        return left < all && (left == 0 || rules != null && left < rules.panicShare() * all);
    }

    /** When the first change comes that nobody causes. */
    private static final class Clock {
        private final long now;
        private boolean set;
        private long until;

        Clock(long now) {
            this.now = now;
        }

        void notice(Vitals vitals, @Nullable SlowStart slowStart) {
            if (vitals.isEjected()) {
                at(vitals.ejectedUntil());
            }
            if (slowStart != null) {
                long age = vitals.age(now);
                if (slowStart.tenths(age) < SlowStart.STEPS) {
                    // Everybody who warms up takes the next step together: a roster for each would be too many.
                    at(now + Math.max(1, slowStart.until(1)));
                }
            }
        }

        private void at(long time) {
            if (!set || time - until < 0) {
                until = time;
                set = true;
            }
        }
    }
}
