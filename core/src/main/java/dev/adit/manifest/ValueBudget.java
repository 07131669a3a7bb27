package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;

/** Counts the values of one document, so that neither aliases nor nesting make a small document a large one. */
final class ValueBudget {
    private int values;
    private int depth;

    /** Counts one value and steps into it. */
    void enter(SourcePosition position) throws DocumentException {
        if (++values > Limits.VALUES) {
            throw new DocumentException(
                    Code.TOO_COMPLEX,
                    position,
                    "The document has more than " + Limits.VALUES + " values, aliases expanded.");
        }
        if (++depth > Limits.NESTING) {
            throw new DocumentException(
                    Code.TOO_COMPLEX, position, "The document is nested deeper than " + Limits.NESTING + " levels.");
        }
    }

    /** Steps out of a value. */
    void leave() {
        depth--;
    }
}
