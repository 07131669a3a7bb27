package dev.adit.compile;

import dev.adit.annotation.IngressPolicies;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Ingress.PathType;
import dev.adit.matcher.RouteMatcher;

/** How the path of a rule is to be read. */
final class RulePaths {
    /** Longest rule path, in characters. */
    static final int MAX_LENGTH = 8192;

    private RulePaths() {}

    /** The path as written; an absent one means every path. */
    static String text(Ingress.Path path) {
        return path.path().isEmpty() ? "/" : path.path();
    }

    /**
     * Whether a path of an annotated Ingress is a regular expression in profile strict: ImplementationSpecific paths are,
     * and so is whatever holds regular-expression characters, since it could match nothing otherwise. A plain Exact or
     * Prefix path keeps the meaning that Kubernetes gives it.
     */
    static boolean isRegex(Ingress.Path path, IngressPolicies policies) {
        boolean annotated = policies.useRegex() || rewrites(path, policies);
        return annotated
                && (path.pathType() == PathType.IMPLEMENTATION_SPECIFIC
                        || text(path).chars().anyMatch(c -> "^$*+?()[]{}|\\".indexOf(c) >= 0));
    }

    /** A rewrite to the path itself changes nothing and counts for nothing. */
    static boolean rewrites(Ingress.Path path, IngressPolicies policies) {
        return !policies.rewriteTarget().isEmpty() && !policies.rewriteTarget().equals(path.path());
    }

    /** Why a path is over a limit, as the end of a sentence; empty if it is not. */
    static String overLimit(String path) {
        if (path.length() > MAX_LENGTH) {
            return "is longer than " + MAX_LENGTH + " characters";
        }
        long elements = path.chars().filter(c -> c == '/').count();
        return elements > RouteMatcher.MAX_ELEMENTS ? "has more than " + RouteMatcher.MAX_ELEMENTS + " elements" : "";
    }
}
