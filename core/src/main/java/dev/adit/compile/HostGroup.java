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

/** All that several Ingresses say about one host, while a table is being compiled. */
final class HostGroup {
    /** Rules with equal keys are in conflict. Prefix and ImplementationSpecific of one path are not: precedence decides. */
    record RuleKey(PathType pathType, String path) {}

    /** One rule on its way to a route. */
    static final class Draft {
        final Ingress ingress;
        final IngressPolicies policies;
        final Ingress.@Nullable Path path;
        final Backend backend;

        @Nullable
        CanaryBackend canary;

        /** @param path null for a default backend */
        Draft(Ingress ingress, IngressPolicies policies, Ingress.@Nullable Path path, Backend backend) {
            this.ingress = ingress;
            this.policies = policies;
            this.path = path;
            this.backend = backend;
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
