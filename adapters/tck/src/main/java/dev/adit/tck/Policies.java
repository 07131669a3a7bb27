package dev.adit.tck;

import dev.adit.balancer.BalancePolicy;
import dev.adit.balancer.Balancer;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Pool;
import dev.adit.policy.ErrorPages;
import dev.adit.policy.ExternalAuth;
import dev.adit.policy.Mirror;
import dev.adit.policy.Retry;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The policies of all cases that share a gateway, and the endpoints of those that are asked, which change with the case. */
final class Policies {
    private final List<Policy> policies;
    private final Balancer balancer = new Balancer();
    private final Map<String, Pool> pools = new LinkedHashMap<>();

    Policies(List<Policy> policies) {
        this.policies = policies;
        for (Policy policy : policies) {
            if (Policy.ASKED.contains(policy.kind())) {
                pools.put(policy.kind(), balancer.pool(BalancePolicy.roundRobin(), List.of()));
            }
        }
    }

    /** Who is asked, by {@code kind}, is served on {@code ports} of this machine. */
    void update(String kind, List<Integer> ports) {
        Pool pool = pools.get(kind);
        if (pool == null) {
            throw new IllegalArgumentException("nobody is called " + kind);
        }
        pool.update(ports.stream().map(port -> Endpoint.of("127.0.0.1", port)).toList());
    }

    /** Leases that are open at {@code endpoint}. */
    int inFlight(Endpoint endpoint) {
        return balancer.inFlight(endpoint);
    }

    int connections(Endpoint endpoint) {
        return balancer.connections(endpoint);
    }

    /** The route of a case with its policies; routes of the judge's own stay as they are. */
    Route apply(Route route) {
        if (policies.isEmpty() || !route.backend().service().equals(Manifest.SERVED)) {
            return route;
        }
        RoutePolicies.Builder builder = route.policies().toBuilder();
        policies.forEach(policy -> add(policy, builder));
        return route.with(builder.build());
    }

    private void add(Policy policy, RoutePolicies.Builder to) {
        switch (policy.kind()) {
            case "auth" -> to.auth(new Route.AuthBackend(auth(policy), backend("auth")));
            case "pages" -> to.errorPages(new Route.ErrorBackend(pages(policy), backend("pages")));
            case "mirror" -> to.mirrors(List.of(new Route.MirrorBackend(mirror(policy), backend("mirror"))));
            case "retry" -> to.retry(retry(policy));
            default -> throw new IllegalArgumentException("no such policy: " + policy);
        }
    }

    private Backend backend(String kind) {
        return new Backend("shop", kind, "80", Protocol.HTTP, pools.get(kind), "", 503, null);
    }

    private static ExternalAuth auth(Policy policy) {
        return new ExternalAuth(
                policy.text("method", "GET"),
                policy.text("host", "auth.test"),
                policy.text("target", "/check"),
                policy.list("fields"),
                policy.text("sign-in", ""),
                "rd",
                policy.text("cookies", "").equals("always"));
    }

    private static ErrorPages pages(Policy policy) {
        return new ErrorPages(
                policy.list("statuses").stream().map(Integer::valueOf).collect(Collectors.toSet()),
                policy.number("max-bytes", ErrorPages.DEFAULT_MAX_BYTES));
    }

    private static Mirror mirror(Policy policy) {
        return new Mirror(policy.text("host", ""), policy.text("prefix", ""), policy.number("max-body", 0));
    }

    private static Retry retry(Policy policy) {
        return new Retry(
                policy.number("tries", Retry.DEFAULT.tries()),
                policy.list("on").isEmpty() ? Retry.DEFAULT.on() : Retry.on(String.join(" ", policy.list("on"))),
                policy.number("replay-bytes", Retry.DEFAULT_REPLAY_BYTES));
    }
}
