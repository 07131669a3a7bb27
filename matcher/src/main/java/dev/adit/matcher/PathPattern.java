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

    /**
     * A text with which every path that this pattern accepts begins, whatever the case of its ASCII letters. A pattern is asked only about paths
     * that do: of many patterns in a host group, those with another prefix cost nothing.
     *
     * @return always the same, never null; empty (the default) = nothing is known, ask about every path
     */
    default String prefix() {
        return "";
    }
}
