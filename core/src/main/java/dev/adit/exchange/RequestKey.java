package dev.adit.exchange;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.balancer.SessionToken;
import dev.adit.balancer.SessionTokens;
import dev.adit.policy.Affinity;
import dev.adit.policy.Balancing;
import dev.adit.policy.HashKey;
import dev.adit.route.Route;
import java.util.HexFormat;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the choice of an endpoint for one request depends on, where it depends on the request.
 *
 * <pre>
 *   affinity persistent   the cookie is a token that names the endpoint    a new one where the endpoint is another
 *   affinity balanced     the cookie is any text, and hashed               a new one where there was none
 *   hash                  text made of the request, and hashed             no cookie
 * </pre>
 */
final class RequestKey extends Tried {
    private final RandomGenerator random;
    private final @Nullable Affinity affinity;
    /** What the cookie ends with: see {@link CanarySession}. */
    private final String mark;
    /** Whether the client's cookie does. */
    private final boolean known;
    /** What names endpoints in the cookie, or null if nothing does. */
    private final @Nullable SessionTokens tokens;
    /** Whether the pool goes by these names. */
    private final boolean named;

    private final @Nullable SessionToken session;
    /** Whether the client is at home somewhere, and stays there even if that fails. */
    private final boolean stays;

    private long hash;
    /** The cookie of a balanced affinity that the client does not have yet, or null. */
    private @Nullable String fresh;

    /** Of a request that {@code by} is hashed of. */
    private RequestKey(Exchange exchange, HashKey by) {
        random = exchange.factory().random();
        affinity = null;
        mark = "";
        known = false;
        tokens = null;
        named = false;
        session = null;
        stays = false;
        hash = HashText.hash(by, exchange);
    }

    private RequestKey(Exchange exchange, Affinity affinity, Route route, Pool pool) {
        random = exchange.factory().random();
        this.affinity = affinity;
        mark = CanarySession.markOf(route, affinity, pool);
        String cookie =
                Cookies.get(exchange.request().headers(), affinity.cookie().name());
        known = cookie != null
                && !cookie.isEmpty()
                && CanarySession.mark(cookie).equals(mark);
        tokens = affinity.persistent() ? tokens(pool, route) : null;
        named = pool.policy() instanceof BalancePolicy.Sticky;
        session = cookie == null || tokens == null ? null : tokens.read(CanarySession.value(cookie));
        // A canary's pool may choose in its own way: it keeps clients no further than that they are the canary's.
        boolean keeps = named || pool.policy() instanceof BalancePolicy.ConsistentHash;
        boolean home = affinity.persistent() ? session != null : known;
        stays = keeps && home && !affinity.changeOnFailure();
        if (affinity.persistent()) {
            return;
        }
        if (cookie != null && known) {
            hash = PickKey.hashOf(cookie);
        } else {
            renew();
        }
    }

    /** The pool's own, or those of the main backend, which know whether its cookie is ours. */
    private static @Nullable SessionTokens tokens(Pool pool, Route route) {
        Pool main = route.backend().pool();
        Pool naming = pool.policy() instanceof BalancePolicy.Sticky || main == null ? pool : main;
        return naming.policy() instanceof BalancePolicy.Sticky sticky ? sticky.tokens() : null;
    }

    /** The key of the exchange's request for {@code pool}; kept by the exchange if there is anything to know. */
    static PickKey of(Exchange exchange, Pool pool) {
        Route route = exchange.route();
        if (route == null) {
            return PickKey.ANY;
        }
        Balancing balancing = CanarySession.isCanary(route, pool)
                ? Objects.requireNonNull(route.policies().canary())
                        .balancing(route.policies().balancing())
                : route.policies().balancing();
        Affinity affinity = balancing.affinity();
        HashKey by = balancing.hashBy();
        if (affinity == null && by == null) {
            return PickKey.ANY;
        }
        RequestKey key = affinity != null
                ? new RequestKey(exchange, affinity, route, pool)
                : new RequestKey(exchange, Objects.requireNonNull(by));
        exchange.detour().tried = key;
        return key;
    }

    /** Makes the client another one, for all that the hash knows. */
    private void renew() {
        fresh = HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong()) + mark;
        hash = PickKey.hashOf(fresh);
    }

    @Override
    void add(Endpoint endpoint) {
        super.add(endpoint);
        if (affinity != null && !affinity.persistent() && !stays) {
            renew();
        }
    }

    @Override
    public long hash() {
        return hash;
    }

    @Override
    public boolean tried(Endpoint endpoint) {
        return !stays && super.tried(endpoint);
    }

    @Override
    public @Nullable SessionToken session() {
        return session;
    }

    /** The {@code Set-Cookie} of an answer from {@code endpoint}, or null if the client has the right cookie already. */
    @Nullable
    String cookie(Exchange exchange, Endpoint endpoint) {
        if (affinity == null) {
            return null;
        }
        if (!affinity.persistent()) {
            return fresh == null ? null : Cookies.set(exchange, affinity.cookie(), fresh);
        }
        if (tokens == null) {
            return null;
        }
        long name = tokens.name(endpoint);
        if (session != null && known && (!named || session.endpoint() == name)) {
            return null;
        }
        // Who moves keeps its number, so that every replica sends it the same way.
        long number = session == null ? random.nextLong() : session.session();
        return Cookies.set(exchange, affinity.cookie(), tokens.write(new SessionToken(number, name)) + mark);
    }
}
