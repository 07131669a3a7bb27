package dev.adit.undertow;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which trailer fields may pass: none that mean something about framing, routing, authentication or where a request came
 * from, for a recipient that merged them into the header would be fooled (RFC 9110 section 6.5.1).
 */
final class Trailers {
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

    /** Those of {@code trailers} that may pass, or null if there are none. */
    static @Nullable HeaderMap passing(@Nullable HeaderMap trailers) {
        if (trailers == null) {
            return null;
        }
        HeaderMap passing = new HeaderMap();
        for (HeaderValues values : trailers) {
            if (mayPass(values.getHeaderName().toString().toLowerCase(Locale.ROOT))) {
                passing.putAll(values.getHeaderName(), values);
            }
        }
        return passing.size() == 0 ? null : passing;
    }

    private static boolean mayPass(String name) {
        return !FORBIDDEN.contains(name)
                && !name.startsWith("x-forwarded-")
                && !name.startsWith("x-real-")
                && !name.startsWith("x-original-")
                && !name.startsWith("ssl-client-")
                && name.indexOf('_') < 0;
    }
}
