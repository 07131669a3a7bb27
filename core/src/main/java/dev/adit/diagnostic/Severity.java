package dev.adit.diagnostic;

/** How much a {@link Diagnostic} matters. */
public enum Severity {
    /** Something that was asked for is not served, or not as asked. */
    ERROR,
    /** It is served, but probably not as meant. */
    WARNING,
    /** Worth knowing. */
    INFO
}
