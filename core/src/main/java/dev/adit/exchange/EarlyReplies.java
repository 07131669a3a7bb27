package dev.adit.exchange;

import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import org.jspecify.annotations.Nullable;

/** The answers that need neither the request's path nor anybody else: the package's documentation says in which order. */
final class EarlyReplies {
    private EarlyReplies() {}

    /** @param found the route that would serve the request, or null if none does */
    static @Nullable Reply of(Exchange exchange, RouteTable table, @Nullable Route found) {
        Reply unknown = ClientCheck.of(exchange, table, found);
        if (unknown != null) {
            return unknown;
        }
        if (found == null) {
            return Replies.NO_ROUTE;
        }
        return BodyCount.begin(exchange, found.policies()) ? Redirects.of(exchange, found) : Replies.BODY_TOO_LONG;
    }
}
