package dev.adit.diagnostic;

import java.util.Objects;

/**
 * Where something stands in its source.
 *
 * @param source a file's path, or another name of the source; empty if unknown
 * @param line 1-based, or 0 if unknown
 * @param column 1-based, or 0 if unknown
 */
public record SourcePosition(String source, int line, int column) {
    /** No known position. */
    public static final SourcePosition UNKNOWN = new SourcePosition("", 0, 0);

    public SourcePosition {
        Objects.requireNonNull(source);
    }

    /** {@code file:line:column}, as compilers print it. */
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
