package dev.adit.balancer;

import org.jspecify.annotations.Nullable;

/** What a choice may depend on. The balancer never sees the request itself. */
public interface PickKey {
    /** A request that sticks to nothing and has tried nothing. */
    PickKey ANY = new PickKey() {
        @Override
        public long hash() {
            return 0;
        }

        @Override
        public boolean tried(Endpoint endpoint) {
            return false;
        }
    };

    /** A hash of what the choice should stick to, or 0 if nothing. All of its bits must be well mixed: {@link #hashOf}. */
    long hash();

    /** Whether this request already failed at {@code endpoint}. Called for each endpoint that is considered; must be quick. */
    boolean tried(Endpoint endpoint);

    /** The session that the request belongs to, or null if to none. Only {@link BalancePolicy.Sticky} asks. */
    default @Nullable SessionToken session() {
        return null;
    }

    /** A hash of {@code text} for {@link #hash}: the same in every process, never 0. Allocates nothing. */
    static long hashOf(CharSequence text) {
        return Hash.nonZero(Hash.of(text));
    }
}
