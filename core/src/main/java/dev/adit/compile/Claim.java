package dev.adit.compile;

import dev.adit.annotation.IngressPolicies;
import dev.adit.compile.HostGroup.Draft;
import dev.adit.manifest.Ingress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one Ingress says about one host, as if it were the only one.
 *
 * @param fields the rules that name the host, and the default backend if there is one
 * @param drafts what its paths would become, in the order of the manifest
 * @param fallback what its default backend would become, or null
 */
record Claim(
        Age age,
        Ingress ingress,
        IngressPolicies policies,
        List<String> fields,
        List<Draft> drafts,
        @Nullable Draft fallback) {}
