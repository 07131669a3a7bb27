package dev.adit.compile;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.CircuitLimits;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.Member;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolSettings;
import dev.adit.balancer.SessionTokens;
import dev.adit.policy.Affinity;
import dev.adit.policy.Balancing;
import dev.adit.policy.Resilience;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes the pools of one gateway.
 *
 * @param sessions what names endpoints in the cookies of sticky sessions
 * @param standard what pools do to stay well where nobody says otherwise
 * @param adjust has the last word on what pools do
 */
public record Pools(
        Balancer balancer, SessionTokens sessions, Resilience standard, UnaryOperator<PoolSettings> adjust) {
    /** What a pool does that {@code balancing} asks for, of endpoints that speak {@code protocol}. */
    PoolSettings settings(Balancing balancing, Protocol protocol) {
        Resilience said = balancing.resilience();
        PoolSettings settings = (said == null ? standard : said).settings(policy(balancing));
        CircuitLimits limits = settings.limits();
        PoolSettings limited = settings.with(limits.withConnections(limits.connections(), protocol.requestsAtOnce()));
        HealthCheck check = settings.check();
        ClientTls tls = protocol.tls();
        return check == null || tls == null || tls == ClientTls.UNVERIFIED
                ? limited
                : limited.with(check.withVia(Protocol.HTTPS.with(tls)));
    }

    private BalancePolicy policy(Balancing balancing) {
        Affinity affinity = balancing.affinity();
        if (affinity != null) {
            return affinity.persistent() ? new BalancePolicy.Sticky(sessions) : BalancePolicy.consistentHash();
        }
        if (balancing.hashBy() != null) {
            return balancing.subset() > 0
                    ? new BalancePolicy.Subset(balancing.subset())
                    : BalancePolicy.consistentHash();
        }
        return switch (balancing.algorithm()) {
            case ROUND_ROBIN, SERVICE -> BalancePolicy.roundRobin();
            case EWMA -> BalancePolicy.peakEwma();
            case LEAST_CONNECTIONS -> new BalancePolicy.LeastConnections(true);
            case RANDOM_OF_TWO -> BalancePolicy.leastConnections();
        };
    }

    Pool pool(PoolSettings settings, List<Member> members) {
        return balancer.pool(adjust.apply(settings), members);
    }
}
