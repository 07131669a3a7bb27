package dev.adit.matcher;

/** How a rule's path is compared with a request's path. */
public enum PathKind {
    /** The request path equals the rule path byte for byte. */
    EXACT,
    /** Every element of the rule path equals the request's element at the same position. */
    PREFIX,
    /** A {@link PathPattern} decides. */
    REGEX
}
