package dev.adit.manifest;

import dev.adit.diagnostic.SourcePosition;
import java.util.Map;

/** Where the fields of one object stand, by field path such as {@code spec.rules[0].host}. */
public final class Positions {
    /** For objects that come from no file. */
    public static final Positions NONE = new Positions(Map.of());

    private final Map<String, SourcePosition> byField;

    private Positions(Map<String, SourcePosition> byField) {
        this.byField = byField;
    }

    /** @param byField field path to position; the empty path is the object itself */
    public static Positions of(Map<String, SourcePosition> byField) {
        return byField.isEmpty() ? NONE : new Positions(Map.copyOf(byField));
    }

    /** The position of {@code field}, else of the nearest field around it, else {@link SourcePosition#UNKNOWN}. */
    public SourcePosition at(String field) {
        String f = field;
        while (true) {
            SourcePosition p = byField.get(f);
            if (p != null) {
                return p;
            }
            if (f.isEmpty()) {
                return SourcePosition.UNKNOWN;
            }
            f = f.substring(0, Math.max(0, Math.max(f.lastIndexOf('.'), f.lastIndexOf('['))));
        }
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Positions p && byField.equals(p.byField);
    }

    @Override
    public int hashCode() {
        return byField.hashCode();
    }

    @Override
    public String toString() {
        return at("").toString();
    }
}
