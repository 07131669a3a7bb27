package dev.adit.exchange;

import java.util.List;
import java.util.Map;

/** The answers that need no upstream. */
final class Replies {
    private static final Map.Entry<String, String> PLAIN = Map.entry("Content-Type", "text/plain; charset=utf-8");

    // What cannot be read is refused and the connection closed: where its next request begins is anybody's guess.
    static final Reply BAD_METHOD = refusal(400, "bad-method");
    static final Reply BAD_TARGET = refusal(400, "bad-target");
    static final Reply BAD_HOST = refusal(400, "bad-host");
    static final Reply TARGET_TOO_LONG = refusal(414, "target-too-long");
    static final Reply METHOD_NOT_ALLOWED = new Reply(
            405,
            "method-not-allowed",
            List.of(PLAIN, Map.entry("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")),
            body(405),
            true);

    /** Asked for by an extended CONNECT, of which only WebSocket is known (RFC 9220 section 3 names the status). */
    static final Reply UNKNOWN_PROTOCOL = of(501, "unknown-protocol");

    /** A rewrite led out of the root. */
    static final Reply BAD_REWRITE = of(400, "bad-rewrite");
    /** A redirect to another scheme needs a host, and the request names none. */
    static final Reply NO_HOST = of(400, "no-host");

    /** Its host belongs to another certificate than the connection (RFC 9110 section 15.5.20): it may come again on a new one. */
    static final Reply MISDIRECTED = of(421, "misdirected");

    /** Clients of the host must show a certificate, which they cannot in clear text. */
    static final Reply CLEAR_TEXT = refusal(403, "client-certificate-in-clear-text");
    /** Nobody knows whom to believe about the clients of the host. */
    static final Reply CLIENTS_UNKNOWN = refusal(403, "client-authority-unusable");
    /** It is somebody else's certificate. */
    static final Reply CLIENT_NOT_PERMITTED = refusal(403, "client-certificate-not-permitted");

    // Closed, as a handshake is where a client could do better.
    static final Reply NO_CLIENT_CERTIFICATE = refusal(400, "client-certificate-missing");
    static final Reply BAD_CLIENT_CERTIFICATE = refusal(400, "client-certificate-bad");

    /** Nothing more of the body is read, so nothing can follow it. */
    static final Reply BODY_TOO_LONG = refusal(413, "body-too-long");

    static final Reply NO_ROUTE = of(404, "no-route");
    /** Who decides whether the request may pass cannot be asked. */
    static final Reply AUTH_UNAVAILABLE = of(500, "auth-unavailable");
    /** Who decides whether the request may pass says neither yes nor no. */
    static final Reply AUTH_BAD_ANSWER = of(500, "auth-bad-answer");

    static final Reply NO_ENDPOINTS = of(503, "no-endpoints");
    /** The limits of the backend's pool are reached; most requests are short, so it is worth to come again soon. */
    static final Reply OVERLOADED =
            new Reply(503, "overloaded", List.of(PLAIN, Map.entry("Retry-After", "1")), body(503), false);

    static final Reply CONNECT_FAILED = of(502, "connect-failed");
    /** An endpoint could not prove that it is one. */
    static final Reply UPSTREAM_UNTRUSTED = of(502, "upstream-untrusted");

    static final Reply UPSTREAM_CLOSED = of(502, "upstream-closed");
    static final Reply BAD_RESPONSE = of(502, "bad-upstream-response");
    static final Reply CONNECT_TIMEOUT = of(504, "connect-timeout");
    static final Reply UPSTREAM_TIMEOUT = of(504, "upstream-timeout");
    /** The exchange was closed meanwhile: nobody reads this. */
    static final Reply CLOSED = refusal(503, "closed");

    private Replies() {}

    static Reply of(int status, String reason) {
        return new Reply(status, reason, List.of(PLAIN), body(status), false);
    }

    private static Reply refusal(int status, String reason) {
        return new Reply(status, reason, List.of(PLAIN), body(status), true);
    }

    static Reply redirect(int status, String reason, String location) {
        return new Reply(status, reason, List.of(PLAIN, Map.entry("Location", location)), body(status), false);
    }

    static Reply failure(UpstreamFailure.Kind kind) {
        return switch (kind) {
            case CONNECT -> CONNECT_FAILED;
            case UNTRUSTED -> UPSTREAM_UNTRUSTED;
            case CONNECT_TIMEOUT -> CONNECT_TIMEOUT;
            case NO_ROOM -> OVERLOADED;
            case CLOSED -> UPSTREAM_CLOSED;
            case TIMEOUT -> UPSTREAM_TIMEOUT;
            case BAD_RESPONSE -> BAD_RESPONSE;
        };
    }

    private static String body(int status) {
        return status + " " + phrase(status) + "\n";
    }

    /** RFC 9110 section 15; other statuses by their class. */
    private static String phrase(int status) {
        return switch (status) {
            case 300 -> "Multiple Choices";
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 304 -> "Not Modified";
            case 305 -> "Use Proxy";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> status < 400 ? "Redirect" : status < 500 ? "Client Error" : "Server Error";
        };
    }
}
