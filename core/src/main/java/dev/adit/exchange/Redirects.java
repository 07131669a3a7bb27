package dev.adit.exchange;

import dev.adit.policy.HttpsRedirect;
import dev.adit.policy.Redirect;
import dev.adit.route.Route;
import org.jspecify.annotations.Nullable;

/** Answers of routes that lead elsewhere. */
final class Redirects {
    /** Certificate authorities ask for these over plain HTTP (RFC 8555 section 8.3). */
    private static final String ACME = "/.well-known/acme-challenge";

    private Redirects() {}

    /** Where the route sends the request, or null if it serves it. */
    static @Nullable Reply of(Exchange exchange, Route route) {
        if (route.policies().passthrough() && (exchange.client().secure() || isAcme(exchange.path()))) {
            // Whoever spoke TLS with us did not ask for this host then (RFC 9110 section 15.5.20).
            return exchange.client().secure() ? Replies.MISDIRECTED : Replies.NO_ROUTE;
        }
        Redirect redirect = route.policies().redirect();
        if (redirect != null) {
            return Replies.redirect(redirect.status(), "redirect", location(exchange, redirect.target()));
        }
        return toHttps(exchange, route);
    }

    /** Where the route sends a request that came in clear text, or null if it does not. */
    static @Nullable Reply toHttps(Exchange exchange, Route route) {
        HttpsRedirect https = route.policies().httpsRedirect();
        if (https == null || exchange.client().secure() || isAcme(exchange.path())) {
            return null;
        }
        String name = Authority.name(exchange.askedAuthority());
        return name == null
                ? Replies.NO_HOST
                : Replies.redirect(https.status(), "https-redirect", "https://" + name + exchange.matchedTarget());
    }

    private static String location(Exchange exchange, Redirect.Target target) {
        if (target instanceof Redirect.Location location) {
            return location.value();
        }
        String scheme = exchange.client().scheme() + "://";
        if (target instanceof Redirect.Host host) {
            return scheme + host.host() + exchange.matchedTarget();
        }
        String path = ((Redirect.Path) target).path();
        // Without a host the location stays relative (RFC 9110 section 10.2.2).
        return exchange.askedAuthority().isEmpty() ? path : scheme + exchange.askedAuthority() + path;
    }

    /** Whether a certificate authority checks here who owns the host. */
    static boolean isAcme(String path) {
        return path.startsWith(ACME) && (path.length() == ACME.length() || path.charAt(ACME.length()) == '/');
    }
}
