package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/** A member of a pool as one {@link Roster} has it. Immutable but for what it refers to. */
final class Seat {
    final Pool pool;
    final Member member;
    final Endpoint endpoint;
    final Vitals vitals;
    /** The pool's own leases here, or null if the pool does not count them. */
    final @Nullable Tally tally;
    /** Whether it may be chosen; else it is in the roster for those who look it up. */
    final boolean usable;
    /** The weight in tenths, less while it is new. */
    final int tenths;
    /** How much of the pool's leases it may hold, bound included; 0 if there is no bound. */
    private final double boundShare;

    Seat(
            Pool pool,
            Member member,
            Vitals vitals,
            @Nullable Tally tally,
            boolean usable,
            int tenths,
            double boundShare) {
        this.pool = pool;
        this.member = member;
        this.endpoint = member.endpoint();
        this.vitals = vitals;
        this.tally = tally;
        this.usable = usable;
        this.tenths = tenths;
        this.boundShare = boundShare;
    }

    /**
     * Takes a place here for a lease, if the request has not tried this endpoint and there is room. To see that there is
     * room and to take it are one step, so that no limit is passed however many threads choose.
     *
     * @param live the pool's open leases, this one included; of no meaning where they are not counted
     */
    boolean take(PickKey key, int live) {
        if (key.tried(endpoint)) {
            return false;
        }
        return tally == null || tally.take(cap(live));
    }

    /** Whether {@link #take} found room if it were called now. */
    boolean hasRoom(int live) {
        return tally == null || tally.held() < cap(live);
    }

    private int cap(int live) {
        int limit = pool.settings().limits().endpoint();
        // Less a hair, for a fair share that is a whole number but for how doubles are rounded.
        return boundShare == 0 ? limit : Math.min(limit, (int) Math.ceil(boundShare * live - 1e-9));
    }
}
