package dev.adit.exchange;

import dev.adit.policy.SessionCookie;
import dev.adit.route.Route;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reading and writing cookies.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6265">RFC 6265</a>
 */
final class Cookies {
    /** With two digits of the day, as the RFC wants it and {@link DateTimeFormatter#RFC_1123_DATE_TIME} has not. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Cookies() {}

    /** The value of the first cookie of exactly that name (RFC 6265 section 4.2), or null. */
    static @Nullable String get(Headers headers, String name) {
        if (headers.get("Cookie") == null) {
            return null;
        }
        List<String> fields = headers.all("Cookie");
        for (String field : fields) {
            for (int start = 0; start < field.length(); ) {
                int semicolon = field.indexOf(';', start);
                int end = semicolon < 0 ? field.length() : semicolon;
                int equals = field.indexOf('=', start);
                if (equals >= 0
                        && equals < end
                        && field.substring(start, equals).strip().equals(name)) {
                    return field.substring(equals + 1, end).strip();
                }
                start = end + 1;
            }
        }
        return null;
    }

    /** The {@code Set-Cookie} of an affinity (RFC 6265 section 4.1). */
    static String set(Exchange exchange, SessionCookie attributes, String value) {
        StringBuilder cookie = new StringBuilder(attributes.name()).append('=').append(value);
        if (attributes.expires() >= 0) {
            Instant end = exchange.factory().now().plusSeconds(attributes.expires());
            cookie.append("; Expires=").append(DATE.format(end));
        }
        if (attributes.maxAge() >= 0) {
            cookie.append("; Max-Age=").append(attributes.maxAge());
        }
        if (!attributes.domain().isEmpty()) {
            cookie.append("; Domain=").append(attributes.domain());
        }
        cookie.append("; Path=").append(attributes.path().isEmpty() ? rulePath(exchange.route()) : attributes.path());
        if (attributes.secure() || exchange.client().secure()) {
            cookie.append("; Secure");
        }
        cookie.append("; HttpOnly");
        if (!attributes.sameSite().isEmpty() && !spares(exchange, attributes)) {
            cookie.append("; SameSite=").append(attributes.sameSite());
        }
        return cookie.toString();
    }

    private static boolean spares(Exchange exchange, SessionCookie attributes) {
        return attributes.sparingNone()
                && attributes.sameSite().equals("None")
                && SameSite.refusesNone(exchange.request().headers().get("User-Agent"));
    }

    /** The path of the rule, or the root if that is no path that a cookie can have. */
    private static String rulePath(@Nullable Route route) {
        Route.Rule rule = route == null ? null : route.rule();
        String path = rule == null ? "" : rule.path();
        boolean plain = path.startsWith("/")
                && path.chars().allMatch(c -> c > ' ' && c < 0x7f && ";,\"\\^$*+?()[]{}|".indexOf(c) < 0);
        return plain ? path : "/";
    }
}
