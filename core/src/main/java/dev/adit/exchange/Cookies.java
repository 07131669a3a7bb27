package dev.adit.exchange;

import dev.adit.policy.Affinity;
import dev.adit.route.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reading and writing cookies.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6265">RFC 6265</a>
 */
final class Cookies {
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
    static String set(Exchange exchange, Affinity affinity, String value) {
        StringBuilder cookie = new StringBuilder(affinity.cookie()).append('=').append(value);
        if (affinity.maxAge() >= 0) {
            cookie.append("; Max-Age=").append(affinity.maxAge());
        }
        if (!affinity.domain().isEmpty()) {
            cookie.append("; Domain=").append(affinity.domain());
        }
        cookie.append("; Path=").append(affinity.path().isEmpty() ? rulePath(exchange.route()) : affinity.path());
        if (affinity.secure() || exchange.client().secure()) {
            cookie.append("; Secure");
        }
        cookie.append("; HttpOnly");
        if (!affinity.sameSite().isEmpty()) {
            cookie.append("; SameSite=").append(affinity.sameSite());
        }
        return cookie.toString();
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
