package dev.adit.balancer;

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

    /** A hash of what the choice should stick to, or 0 if nothing. */
    long hash();

    /** Whether this request already failed at {@code endpoint}. Called for each endpoint that is considered; must be quick. */
    boolean tried(Endpoint endpoint);
}
