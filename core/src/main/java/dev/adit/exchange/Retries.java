package dev.adit.exchange;

import dev.adit.policy.Retry;
import dev.adit.policy.Retry.On;

/** Whether a failed attempt may be repeated. */
final class Retries {
    private Retries() {}

    /** Whether the route wants it and the request bears it. */
    static boolean allowed(Retry retry, RequestHead request, UpstreamFailure failure) {
        if (retry.on().isEmpty() || !safe(retry, request, failure)) {
            return false;
        }
        return switch (failure.kind()) {
            case CONNECT, UNTRUSTED, CONNECT_TIMEOUT -> true;
            case CLOSED -> !failure.sent() || retry.on().contains(On.ERROR);
            case TIMEOUT -> !failure.sent() || retry.on().contains(On.TIMEOUT);
            case NO_ROOM -> false;
            case BAD_RESPONSE -> retry.on().contains(On.INVALID_HEADER);
        };
    }

    /** Whether the route wants it after an answer of {@code status}, and the request bears it. */
    static boolean allowed(Retry retry, RequestHead request, int status, boolean replayable) {
        return replayable && retry.onStatus(status) && bears(retry, request);
    }

    /** Whether the request bears it: it can be sent again, and doing so does not act twice (RFC 9110 section 9.2.2). */
    static boolean safe(Retry retry, RequestHead request, UpstreamFailure failure) {
        return failure.replayable() && (!failure.sent() || bears(retry, request));
    }

    /** Whether a request that was sent may be sent again. */
    static boolean bears(Retry retry, RequestHead request) {
        return switch (Reading.method(request)) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> retry.on().contains(On.NON_IDEMPOTENT);
        };
    }
}
