package dev.adit.exchange;

import dev.adit.balancer.LeaseOutcome;
import java.util.Objects;

/**
 * Why an attempt at an endpoint failed before its answer's head was complete.
 *
 * @param kind what happened
 * @param sent whether any byte of the request may have reached the endpoint
 * @param reused whether the connection had served another request before
 * @param replayable whether the request can be sent again from its first byte: all that was taken of its body is kept, see
 *     {@link Forward#replayLimit}
 * @param detail for the log; may be empty
 */
public record UpstreamFailure(Kind kind, boolean sent, boolean reused, boolean replayable, String detail) {
    /** What happened. */
    public enum Kind {
        /** No connection: refused, unreachable, unknown name, forbidden address, failed TLS handshake. */
        CONNECT,
        /** The endpoint's certificate does not stand up to the verification that its backend asks for; the detail says why. */
        UNTRUSTED,
        /** No connection in time. */
        CONNECT_TIMEOUT,
        /** As many connections were open as may be, and none ended in time: see {@link UpstreamRequest#permit}. */
        NO_ROOM,
        /** The connection broke. */
        CLOSED,
        /** No answer in time. */
        TIMEOUT,
        /** The answer is not HTTP, or breaks a limit. */
        BAD_RESPONSE
    }

    public UpstreamFailure {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(detail);
    }

    /** What it says about the endpoint: nothing if that never had a chance, or if others may trust whom somebody does not. */
    LeaseOutcome outcome() {
        boolean blameless = stale() || kind == Kind.NO_ROOM || kind == Kind.UNTRUSTED;
        return blameless ? LeaseOutcome.ABANDONED : LeaseOutcome.FAILED;
    }

    /** Whether a connection that had been kept open broke: a race of idle connections, not the endpoint's fault. */
    boolean stale() {
        return reused && kind == Kind.CLOSED;
    }
}
