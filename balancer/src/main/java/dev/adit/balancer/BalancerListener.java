package dev.adit.balancer;

import java.time.Duration;

/**
 * Hears what happens to endpoints. Called by whichever thread caused or noticed it, while no lock is held; must neither
 * block nor throw.
 */
public interface BalancerListener {
    /** Hears nothing. */
    BalancerListener NONE = new BalancerListener() {};

    /** Why an endpoint gets no requests for a while. */
    enum Cause {
        /** Too many failures in a row. */
        CONSECUTIVE_FAILURES,
        /** Far more failures than the others of its pool. */
        SUCCESS_RATE,
        /** Far slower than the others of its pool. */
        LATENCY
    }

    /** The endpoint gets no requests for {@code time}, as far as its pools can do without it. */
    default void ejected(Endpoint endpoint, Cause cause, Duration time) {}

    /** The endpoint gets requests again. Noticed when one of its pools is asked next. */
    default void restored(Endpoint endpoint) {}

    /** Health checks have found that the endpoint is down, or up again, and why: see {@link Balancer#mark}. */
    default void marked(Endpoint endpoint, boolean up, String detail) {}
}
