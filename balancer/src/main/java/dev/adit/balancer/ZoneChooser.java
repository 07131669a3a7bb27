package dev.adit.balancer;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The own zone first, and the others for what spills over, or if nothing is left there. */
final class ZoneChooser extends Chooser {
    private final Chooser own;
    private final Chooser others;
    /** The part of the requests that stays, of 2^53. */
    private final long stays;

    private final RandomGenerator random;

    /** @param share of the requests that stays: 0 to 1 */
    ZoneChooser(Chooser own, Chooser others, double share, RandomGenerator random) {
        this.own = own;
        this.others = others;
        this.stays = (long) (share * 0x1p53);
        this.random = random;
    }

    @Override
    @Nullable
    Seat choose(PickKey key, int live) {
        boolean home = stays == 1L << 53 || random.nextLong() >>> 11 < stays;
        Seat seat = (home ? own : others).choose(key, live);
        return seat == null ? (home ? others : own).choose(key, live) : seat;
    }
}
