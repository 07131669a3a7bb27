package dev.adit.matcher;

/**
 * How a rule's path is compared with a request's path. Comparison is case-sensitive.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types">Kubernetes: Ingress, path types</a>
 */
public enum PathKind {
    /** The request path equals the rule path byte for byte: {@code /foo} does not match {@code /foo/}. */
    EXACT,
    /**
     * Every element of the rule path equals the request's element at the same position, where elements are the non-empty pieces between
     * slashes: {@code /foo} and {@code /foo/} match {@code /foo}, {@code /foo/} and {@code /foo/x}, but not {@code /foobar}. A rule path
     * without elements ({@code /} or empty) matches every path.
     */
    PREFIX,
    /** A {@link PathPattern} decides; the rule path is its text. */
    REGEX
}
