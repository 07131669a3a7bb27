package dev.adit.compile;

import dev.adit.annotation.IngressPolicies;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Ingress.PathType;
import dev.adit.policy.Redirect;
import dev.adit.route.Backend;
import dev.adit.route.Route.CanaryBackend;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that several Ingresses say about one host, after conflicts were settled. */
final class HostGroup {
    /** Rules with equal keys are in conflict. Prefix and ImplementationSpecific of one path are not: precedence decides. */
    record RuleKey(PathType pathType, String path) {}

    /**
     * One rule on its way to a route.
     *
     * @param path null for a default backend
     */
    record Draft(
            Ingress ingress,
            IngressPolicies policies,
            Ingress.@Nullable Path path,
            Backend backend,
            @Nullable CanaryBackend canary) {
        Draft with(CanaryBackend other) {
            return new Draft(ingress, policies, path, backend, other);
        }
    }

    final String host;
    final Ingress firstOwner;
    final Map<RuleKey, Draft> rules = new LinkedHashMap<>();

    @Nullable
    Draft fallback;
    /** Where the root redirects to, and whose wish that is. */
    @Nullable
    Draft appRootOwner;
    /** The first Ingress, if it has the TLS of the host passed through: then it is the only one. */
    @Nullable
    Claim passthrough;
    /** In profile ingress-nginx: the first Ingress that turns every path of this host into a regular expression. */
    @Nullable
    Ingress regexOwner;

    HostGroup(String host, Ingress firstOwner) {
        this.host = host;
        this.firstOwner = firstOwner;
    }

    @Nullable
    Redirect appRoot() {
        Draft owner = appRootOwner;
        return owner == null ? null : new Redirect(302, new Redirect.Path(owner.policies.appRoot()));
    }
}
