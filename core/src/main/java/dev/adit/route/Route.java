package dev.adit.route;

import dev.adit.policy.Balancing;
import dev.adit.policy.Canary;
import dev.adit.policy.ErrorPages;
import dev.adit.policy.ExternalAuth;
import dev.adit.policy.Mirror;
import org.jspecify.annotations.Nullable;

/**
 * What one rule compiled to. Immutable; the pools inside the backends change their endpoints.
 *
 * @param ingress {@code namespace/name} of the Ingress that owns the rule
 * @param rule what the manifest says, or null for a default backend
 * @param backend where requests go
 * @param policies what happens to them
 */
public record Route(String ingress, @Nullable Rule rule, Backend backend, RoutePolicies policies) {

    /**
     * What the manifest says.
     *
     * @param host the rule's host; empty if it names none
     * @param path as written
     * @param pathType as written
     */
    public record Rule(String host, String path, String pathType) {}

    /**
     * A second backend and when it is chosen.
     *
     * @param balancing what its own Ingress says about its endpoints
     */
    public record CanaryBackend(String ingress, Canary when, Backend backend, Balancing balancing) {
        /** What decides about its endpoints: an affinity of the main backend that keeps clients with the canary, else its own. */
        public Balancing balancing(Balancing main) {
            return main.affinity() != null && main.affinity().keepsCanary() ? main : balancing;
        }
    }

    /** A service that decides whether requests may pass, and how it is asked. */
    public record AuthBackend(ExternalAuth how, Backend backend) {}

    /** A service that words errors, and which ones. */
    public record ErrorBackend(ErrorPages when, Backend backend) {}

    /** A service that gets copies of requests, and what they look like. */
    public record MirrorBackend(Mirror how, Backend backend) {}

    /** This route with other policies. */
    public Route with(RoutePolicies others) {
        return new Route(ingress, rule, backend, others);
    }
}
