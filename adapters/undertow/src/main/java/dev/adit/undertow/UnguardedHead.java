package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.TransportLimits;
import dev.adit.wire.BadMessageException;
import dev.adit.wire.Framing;
import dev.adit.wire.HeadRules;
import dev.adit.wire.MessageLimits;
import io.undertow.server.HttpServerExchange;

/** What heads of requests may not hold that no guard has read. */
final class UnguardedHead {
    private UnguardedHead() {}

    /** @throws BadMessageException with 414 or 431 if it breaks a limit, with 400 if it is malformed */
    static void check(HttpServerExchange exchange, RequestView head, TransportLimits limits)
            throws BadMessageException {
        HeadRules.check(head, exchange.getRequestScheme(), MessageLimits.of(limits));
        if (head.version() != HttpVersion.HTTP_2) {
            Framing.ofRequest(head);
            return;
        }
        boolean ended = exchange.isRequestComplete();
        if (!Framing.ofStream(head.headers(), head.method(), ended).isBodiless() && ended) {
            throw new BadMessageException("a length of a body that does not follow");
        }
    }
}
