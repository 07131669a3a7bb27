package dev.adit.exchange;

/** How an exchange ended. */
public enum Outcome {
    /** The client has the whole answer. */
    COMPLETED,
    /** The client went away or broke the protocol. */
    CLIENT_ABORTED,
    /** The upstream's answer broke off after its head had been relayed. */
    UPSTREAM_ABORTED,
    /** The transport gave up: a shutdown or a timeout of the client. */
    CANCELLED
}
