package dev.adit.exchange;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.balancer.SessionToken;
import dev.adit.balancer.SessionTokens;
import dev.adit.policy.Affinity;
import dev.adit.policy.Balancing;
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
    /** What names endpoints in the cookie, or null if nothing does. */
    private final @Nullable SessionTokens tokens;

    private final @Nullable SessionToken session;
    /** Whether the client is at home somewhere, and stays there even if that fails. */
    private final boolean stays;

    private long hash;
    /** The cookie of a balanced affinity that the client does not have yet, or null. */
    private @Nullable String fresh;

    private RequestKey(
            RandomGenerator random,
            @Nullable Affinity affinity,
            @Nullable SessionTokens tokens,
            @Nullable SessionToken session,
            boolean stays) {
        this.random = random;
        this.affinity = affinity;
        this.tokens = tokens;
        this.session = session;
        this.stays = stays;
    }

    /** The key of the exchange's request for {@code pool}; kept by the exchange if there is anything to know. */
    static PickKey of(Exchange exchange, Pool pool) {
        Route route = exchange.route();
        Balancing balancing =
                route == null ? Balancing.DEFAULT : route.policies().balancing();
        if (balancing.affinity() == null && balancing.hashBy() == null) {
            return PickKey.ANY;
        }
        RequestKey key = of(exchange, balancing, pool);
        exchange.detour().tried = key;
        return key;
    }

    private static RequestKey of(Exchange exchange, Balancing balancing, Pool pool) {
        RandomGenerator random = exchange.factory().random();
        Affinity affinity = balancing.affinity();
        if (affinity == null) {
            RequestKey key = new RequestKey(random, null, null, null, false);
            key.hash = HashText.hash(Objects.requireNonNull(balancing.hashBy()), exchange);
            return key;
        }
        String cookie =
                Cookies.get(exchange.request().headers(), affinity.cookie().name());
        if (affinity.persistent()) {
            SessionTokens tokens = pool.policy() instanceof BalancePolicy.Sticky sticky ? sticky.tokens() : null;
            SessionToken session = cookie == null || tokens == null ? null : tokens.read(cookie);
            return new RequestKey(random, affinity, tokens, session, session != null && !affinity.changeOnFailure());
        }
        boolean known = cookie != null && !cookie.isEmpty();
        RequestKey key = new RequestKey(random, affinity, null, null, known && !affinity.changeOnFailure());
        if (cookie != null && known) {
            key.hash = PickKey.hashOf(cookie);
        } else {
            key.renew();
        }
        return key;
    }

    /** Makes the client another one, for all that the hash knows. */
    private void renew() {
        fresh = HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
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
        if (session != null && session.endpoint() == name) {
            return null;
        }
        // Who moves keeps its number, so that every replica sends it the same way.
        long number = session == null ? random.nextLong() : session.session();
        return Cookies.set(exchange, affinity.cookie(), tokens.write(new SessionToken(number, name)));
    }
}
