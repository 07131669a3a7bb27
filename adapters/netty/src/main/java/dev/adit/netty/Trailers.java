package dev.adit.netty;

import java.util.Locale;
import java.util.Set;

/** Which trailer fields go on. */
final class Trailers {
    /**
     * Fields that mean something about framing, routing, authentication or where a request came from: a recipient that
     * merged them into the header would be fooled (RFC 9110 section 6.5.1).
     */
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

    /** Whether a trailer field of that name, in any case, may go on. */
    static boolean mayPass(CharSequence text) {
        String name = text.toString().toLowerCase(Locale.ROOT);
        return !FORBIDDEN.contains(name)
                && !name.startsWith("x-forwarded-")
                && !name.startsWith("x-real-")
                && !name.startsWith("x-original-")
                && !name.startsWith("ssl-client-")
                && name.indexOf('_') < 0;
    }
}
