package dev.adit.balancer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The seat that the request's session names; see {@link BalancePolicy.Sticky}. */
final class StickyChooser extends Chooser {
    /** Names, sorted, and the seat of each. */
    private final long[] names;

    private final Seat[] named;
    private final HashChooser moved;
    private final Chooser fresh;

    /** @param seats all of them, the draining too */
    StickyChooser(List<Seat> seats, SessionTokens tokens, HashChooser moved, Chooser fresh) {
        record Named(long name, Seat seat) {}
        List<Named> sorted = seats.stream()
                .map(seat -> new Named(tokens.name(seat.endpoint()), seat))
                .sorted(Comparator.comparingLong(Named::name))
                .toList();
        this.names = sorted.stream().mapToLong(Named::name).toArray();
        this.named = sorted.stream().map(Named::seat).toArray(Seat[]::new);
        this.moved = moved;
        this.fresh = fresh;
    }

    @Override
    @Nullable
    Seat choose(PickKey key, int live) {
        SessionToken session = key.session();
        if (session == null) {
            return fresh.choose(key, live);
        }
        int found = Arrays.binarySearch(names, session.endpoint());
        if (found >= 0) {
            Seat seat = named[found];
            if ((seat.usable || keepsSessions(seat)) && seat.take(key, live)) {
                return seat;
            }
        }
        return moved.choose(Hash.mix(session.session()), key, live);
    }

    private static boolean keepsSessions(Seat draining) {
        return draining.member.draining() && !draining.vitals.isEjected() && !draining.vitals.isDown();
    }
}
