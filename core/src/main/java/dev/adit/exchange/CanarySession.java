package dev.adit.exchange;

import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.balancer.SessionTokens;
import dev.adit.policy.Affinity;
import dev.adit.policy.Balancing;
import dev.adit.route.Route;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the clients of an affinity where a canary's criteria first sent them: who was served by the canary stays with it, and
 * who was not does not come to it. The cookie says which. Where only the canary has an affinity, or the main backend's leaves
 * the criteria alone, the canary's own keeps who was served by it.
 *
 * <pre>
 *   | value, 32 characters |                              served by the main backend
 *   | value, 32 characters | - | canary, 8 hex digits |   served by that canary
 * </pre>
 */
final class CanarySession {
    private static final int VALUE_LENGTH = SessionTokens.LENGTH;
    private static final int MARK_LENGTH = 9;

    private CanarySession() {}

    /** Whether the request's cookie sends it to {@code canary}; null if it leaves that open. */
    static @Nullable Boolean decides(Exchange exchange, Route route, Route.CanaryBackend canary) {
        Balancing main = route.policies().balancing();
        Balancing deciding = canary.balancing(main);
        Affinity affinity = deciding.affinity();
        if (affinity == null || !affinity.keepsCanary()) {
            return null;
        }
        String cookie =
                Cookies.get(exchange.request().headers(), affinity.cookie().name());
        if (cookie == null || cookie.isEmpty()) {
            return null;
        }
        String mark = mark(cookie);
        if (mark.isEmpty()) {
            // Of a canary's own affinity, nobody else has cookies to go by.
            return deciding == main ? Boolean.FALSE : null;
        }
        return mark.equals(mark(canary)) ? Boolean.TRUE : null;
    }

    /** Whether {@code pool} is that of the route's canary. */
    static boolean isCanary(Route route, Pool pool) {
        Route.CanaryBackend canary = route.policies().canary();
        return canary != null && canary.backend().pool() == pool;
    }

    /** What a cookie of {@code pool} ends with. */
    static String markOf(Route route, Affinity affinity, Pool pool) {
        return isCanary(route, pool) && affinity.keepsCanary()
                ? mark(Objects.requireNonNull(route.policies().canary()))
                : "";
    }

    /** What {@code cookie} ends with; empty if it names no canary. */
    static String mark(String cookie) {
        boolean marked = cookie.length() == VALUE_LENGTH + MARK_LENGTH && cookie.charAt(VALUE_LENGTH) == '-';
        return marked ? cookie.substring(VALUE_LENGTH) : "";
    }

    /** {@code cookie} without its mark. */
    static String value(String cookie) {
        return mark(cookie).isEmpty() ? cookie : cookie.substring(0, VALUE_LENGTH);
    }

    private static String mark(Route.CanaryBackend canary) {
        return "-" + HexFormat.of().toHexDigits((int) PickKey.hashOf(canary.ingress()));
    }
}
