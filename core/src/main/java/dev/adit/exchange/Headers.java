package dev.adit.exchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A read-only view of a transport's own header object. Names are compared without case. */
public interface Headers {
    /** The first value of that name, or null. */
    @Nullable
    String get(String name);

    /** Every value of that name in order; empty if there is none. */
    List<String> all(String name);

    /** How many fields have that name. A transport that can count without collecting them overrides this. */
    default int count(String name) {
        return all(name).size();
    }

    /** Hands every field to {@code visitor}, in order. Names and values are only valid during the call. */
    void forEach(Visitor visitor);

    /** Receives header fields. */
    @FunctionalInterface
    interface Visitor {
        /** One field. */
        void field(CharSequence name, CharSequence value);
    }
}
