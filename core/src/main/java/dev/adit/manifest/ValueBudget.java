package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;

/** Counts the values of one document, so that neither aliases nor nesting make a small document a large one. */
final class ValueBudget {
    private final int written;
    private final int most;
    private int values;
    private int depth;

    /**
     * @param length characters of the document
     * @param aliased values that its aliases may add
     */
    ValueBudget(int length, int aliased) {
        // Without aliases a document has no more values than characters.
        this.written = length + 1;
        this.most = Math.min(Limits.VALUES, written + Math.min(Limits.ALIASED_VALUES, aliased));
    }

    /** Counts one value and steps into it. */
    void enter(SourcePosition position) throws DocumentException {
        if (++values > most) {
            throw new DocumentException(
                    Code.TOO_COMPLEX,
                    position,
                    most == Limits.VALUES
                            ? "The document has more than " + most + " values."
                            : "The aliases of the document stand for more than " + (most - written) + " values.");
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

    /** The values that aliases added so far. */
    int aliased() {
        return Math.max(0, Math.min(values, most) - written);
    }
}
