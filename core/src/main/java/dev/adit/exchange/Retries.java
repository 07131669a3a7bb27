package dev.adit.exchange;

import dev.adit.policy.Retry;

/** Whether a failed attempt may be repeated. */
final class Retries {
    private Retries() {}

    /** Whether the route wants it and the request bears it. */
    static boolean allowed(Retry retry, String method, UpstreamFailure failure) {
        if (!safe(method, failure)) {
            return false;
        }
        return switch (failure.kind()) {
            case CONNECT, CONNECT_TIMEOUT -> true;
            case CLOSED -> !failure.sent() || retry.onError();
            case TIMEOUT -> !failure.sent() || retry.onTimeout();
            case BAD_RESPONSE -> false;
        };
    }

    /** Whether the request bears it: it can be sent again, and doing so does not act twice (RFC 9110 section 9.2.2). */
    static boolean safe(String method, UpstreamFailure failure) {
        return failure.replayable()
                && failure.kind() != UpstreamFailure.Kind.BAD_RESPONSE
                && (!failure.sent() || isIdempotent(method));
    }

    private static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
    }
}
