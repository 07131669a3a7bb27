package dev.adit.exchange;

import dev.adit.route.Route;
import org.jspecify.annotations.Nullable;

/** One request, from its head to the last byte of its answer. Confined to one thread at a time, but for {@link #close}. */
public final class Exchange {
    /** The first step. Call once. */
    public Step start() {
        throw new UnsupportedOperationException();
    }

    /** The final head (status 200 and above, or 101) of the upstream's answer is there. */
    public Step upstreamHead(ResponseHead response) {
        throw new UnsupportedOperationException();
    }

    /** An interim head (1xx but 101) to pass on; changes no state. */
    public Relay interim(ResponseHead response) {
        throw new UnsupportedOperationException();
    }

    /** The attempt at the endpoint failed before its head was complete. */
    public Step upstreamFailed(UpstreamFailure failure) {
        throw new UnsupportedOperationException();
    }

    /** Ends the exchange; every call but the first does nothing and returns false. Safe from any thread. */
    public boolean close(Outcome outcome) {
        throw new UnsupportedOperationException();
    }

    /** The request. */
    public RequestHead request() {
        throw new UnsupportedOperationException();
    }

    /** The connection it came on. */
    public ClientConnection connection() {
        throw new UnsupportedOperationException();
    }

    /** The route that serves it, or null if none does. */
    public @Nullable Route route() {
        throw new UnsupportedOperationException();
    }

    /** The normalised host; empty if the request names none or is illegal. */
    public String host() {
        throw new UnsupportedOperationException();
    }

    /** The normalised path; empty if the request is illegal. */
    public String path() {
        throw new UnsupportedOperationException();
    }

    /** Attempts at endpoints so far. */
    public int attempts() {
        throw new UnsupportedOperationException();
    }
}
