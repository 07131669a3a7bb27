package dev.adit.balancer;

/** One attempt at one endpoint. */
public final class Lease {
    Lease() {}

    /** The endpoint. */
    public Endpoint endpoint() {
        throw new UnsupportedOperationException();
    }

    /** Ends the attempt; every call but the first does nothing and returns false. Safe from any thread. */
    public boolean close(LeaseOutcome outcome) {
        throw new UnsupportedOperationException();
    }
}
