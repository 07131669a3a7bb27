package dev.adit.exchange;

import dev.adit.balancer.Pool;
import dev.adit.route.Backend;
import dev.adit.route.Route;

/** Where a request goes that may pass: the canary of its route, its backend, or what stands in for that. */
final class BackendChoice {
    private BackendChoice() {}

    static Step of(Exchange exchange, Route route) {
        Route.CanaryBackend canary = route.policies().canary();
        if (canary != null && takes(canary, exchange, route)) {
            // A canary that cannot serve must not hurt: its requests go where they went before there was one.
            Step chosen = exchange.attempt(canary.backend(), false);
            if (chosen != null) {
                return chosen;
            }
        }
        Backend main = route.backend();
        for (Backend candidate = main; candidate != null; candidate = candidate.fallback()) {
            Step chosen = exchange.attempt(candidate, candidate != main);
            if (chosen != null) {
                return chosen;
            }
        }
        Pool pool = main.pool();
        if (pool == null) {
            return exchange.fail(Replies.of(main.missingStatus(), main.missing()));
        }
        if (pool.isEmpty()) {
            return exchange.fail(Replies.NO_ENDPOINTS);
        }
        Step waiting = exchange.await(main, pool);
        return waiting == null ? exchange.fail(Replies.OVERLOADED) : waiting;
    }

    private static boolean takes(Route.CanaryBackend canary, Exchange exchange, Route route) {
        Boolean kept = CanarySession.decides(exchange, route, canary);
        return kept == null
                ? CanaryChoice.takes(
                        canary.when(),
                        exchange.request().headers(),
                        exchange.factory().random())
                : kept;
    }
}
