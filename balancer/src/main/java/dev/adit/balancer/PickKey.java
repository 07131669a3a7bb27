package dev.adit.balancer;

/** What a choice may depend on. The balancer never sees the request itself. */
public interface PickKey {
    /** A hash of what the choice should stick to, or 0 if nothing. */
    long hash();

    /** Whether this request already failed at {@code endpoint}. */
    boolean tried(Endpoint endpoint);
}
