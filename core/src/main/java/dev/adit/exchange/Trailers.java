package dev.adit.exchange;

import java.util.Set;

/**
 * Which trailer fields a transport passes on, in either direction. What means something about framing, routing,
 * authentication or where a request came from stays behind: a recipient that merged it into the header would be fooled
 * (RFC 9110 section 6.5.1).
 */
public final class Trailers {
    private static final Set<String> FORBIDDEN = Set.of(
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "cookie",
            "expect",
            "forwarded",
            "host",
            "keep-alive",
            "location",
            "max-forwards",
            "proxy",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "set-cookie",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "www-authenticate");

    private Trailers() {}

    /** Whether a trailer field of that name goes on; without case, and without a difference between signs. */
    public static boolean mayPass(CharSequence name) {
        String folded = Fields.folded(name);
        return !FORBIDDEN.contains(folded)
                && !folded.startsWith("x-forwarded-")
                && !folded.startsWith("x-real-")
                && !folded.startsWith("x-original-")
                && !folded.startsWith("ssl-client-");
    }
}
