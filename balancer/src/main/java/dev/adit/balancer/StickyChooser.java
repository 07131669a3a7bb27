package dev.adit.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The seat that the request's session names; see {@link BalancePolicy.Sticky}. */
final class StickyChooser extends Chooser {
    /**
     * The seats by name: each is at the place that the low bits of its name say, or at the next that was free. Names are
     * random numbers, so they need no more hashing.
     */
    private final @Nullable Seat[] places;

    private final long[] names;
    private final HashChooser moved;
    private final Chooser fresh;

    /** @param seats all of them, the draining too */
    StickyChooser(List<Seat> seats, SessionTokens tokens, HashChooser moved, Chooser fresh) {
        // At most half full, so that there is always a free place to stop at.
        int size = Integer.highestOneBit(Math.max(1, seats.size())) * 4;
        places = new Seat[size];
        names = new long[size];
        for (Seat seat : seats) {
            long name = tokens.name(seat.endpoint);
            int place = (int) name & size - 1;
            while (places[place] != null) {
                place = place + 1 & size - 1;
            }
            places[place] = seat;
            names[place] = name;
        }
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
        Seat seat = named(session.endpoint());
        if (seat != null && (seat.usable || keepsSessions(seat)) && seat.take(key, live)) {
            return seat;
        }
        return moved.choose(Hash.mix(session.session()), key, live);
    }

    private @Nullable Seat named(long name) {
        int place = (int) name & names.length - 1;
        while (places[place] != null) {
            if (names[place] == name) {
                return places[place];
            }
            place = place + 1 & names.length - 1;
        }
        return null;
    }

    private static boolean keepsSessions(Seat draining) {
        return draining.member.draining() && !draining.vitals.isEjected() && !draining.vitals.isDown();
    }
}
