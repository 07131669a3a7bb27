package dev.adit.exchange;

import java.util.Locale;
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

    /** Whether a trailer field of that name goes on; names are compared without case. */
    public static boolean mayPass(CharSequence name) {
        String lower = name.toString().toLowerCase(Locale.ROOT);
        return !FORBIDDEN.contains(lower)
                && !lower.startsWith("x-forwarded-")
                && !lower.startsWith("x-real-")
                && !lower.startsWith("x-original-")
                && !lower.startsWith("ssl-client-")
                && lower.indexOf('_') < 0;
    }
}
