package dev.adit.balancer;

/** How an attempt at an endpoint ended. */
public enum LeaseOutcome {
    /** The endpoint answered. */
    ANSWERED,
    /** The endpoint could not be reached, broke the connection or the protocol, or timed out. */
    FAILED,
    /** The attempt was given up for a reason that says nothing about the endpoint. */
    ABANDONED
}
