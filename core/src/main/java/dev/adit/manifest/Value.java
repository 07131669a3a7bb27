package dev.adit.manifest;

import dev.adit.diagnostic.SourcePosition;
import java.util.List;
import java.util.Map;

/** A value of a document with the place where it stands: what YAML and JSON have in common. */
sealed interface Value {
    /** Where the value starts. */
    SourcePosition position();

    /** What the value is, as a message would call it. */
    String what();

    /**
     * An object of named values, in the order they are written.
     *
     * @param duplicates keys that are written twice; the last value is the one in {@code entries}
     */
    record Mapping(SourcePosition position, Map<String, Entry> entries, List<Duplicate> duplicates) implements Value {
        @Override
        public String what() {
            return "an object";
        }
    }

    /** A value with the place of its key. */
    record Entry(SourcePosition key, Value value) {}

    /** A key that is written twice in one mapping. */
    record Duplicate(String key, SourcePosition first, SourcePosition second) {}

    /** A list. */
    record Sequence(SourcePosition position, List<Value> items) implements Value {
        @Override
        public String what() {
            return "a list";
        }
    }

    /**
     * A single value.
     *
     * @param text the text; {@code true} or {@code false} for a boolean, decimal digits for an integer
     */
    record Scalar(SourcePosition position, Type type, String text) implements Value {
        @Override
        public String what() {
            return type.what;
        }

        /** Names no text: it may be a secret. */
        @Override
        public String toString() {
            return what() + " at " + position;
        }
    }

    /** The types of a {@link Scalar}. */
    enum Type {
        TEXT("text"),
        INTEGER("a number"),
        FLOAT("a number"),
        BOOLEAN("a boolean"),
        NULL("null");

        private final String what;

        Type(String what) {
            this.what = what;
        }
    }
}
