package dev.adit.compile;

import dev.adit.annotation.IngressPolicies;
import dev.adit.manifest.Ingress;
import java.util.Map;

/**
 * An Ingress that is served.
 *
 * @param policies what its annotations ask for
 * @param claims by host, in the order of the manifest
 * @param rules how many rules the claims hold
 * @param backends the pools that it keeps
 */
record Served(
        Ingress ingress,
        Age age,
        IngressPolicies policies,
        Map<String, Claim> claims,
        int rules,
        Backends.User backends) {
    boolean isCanary() {
        return policies.canary() != null;
    }
}
