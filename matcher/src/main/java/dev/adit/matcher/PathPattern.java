package dev.adit.matcher;

/**
 * The port through which a regular-expression engine comes in: this library brings none.
 *
 * <p>Implementations are immutable and safe for any number of threads. Case, anchoring and dialect are theirs to choose.
 */
@FunctionalInterface
public interface PathPattern {
    /**
     * Whether this pattern accepts a request path; must take time linear in its length and never throw. What it throws all the same reaches
     * the caller of {@link RouteMatcher#find}.
     */
    boolean matches(String path);
}
