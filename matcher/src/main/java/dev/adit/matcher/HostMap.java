package dev.adit.matcher;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Host name to value: exact names, {@code *.} wildcards over exactly one label, and one value for every other host. Immutable. */
public final class HostMap<V> {
    /** A builder without entries. */
    public static <V> Builder<V> builder() {
        throw new UnsupportedOperationException();
    }

    /** The value for a normalised host (lower case, no port, no trailing dot; empty = no host): exact, else wildcard, else the one for every host, else null. */
    public @Nullable V find(String host) {
        throw new UnsupportedOperationException();
    }

    /** The pattern that {@link #find} matches: the host itself, {@code *.parent}, the empty text, or null if none. */
    public @Nullable String pattern(String host) {
        throw new UnsupportedOperationException();
    }

    /** Every pattern and its value, sorted by pattern. */
    public void forEach(BiConsumer<? super String, ? super V> action) {
        throw new UnsupportedOperationException();
    }

    /** A builder that starts with these entries. */
    public Builder<V> toBuilder() {
        throw new UnsupportedOperationException();
    }

    /** Collects entries; not thread-safe. */
    public static final class Builder<V> {
        /** Adds or replaces the value of a pattern: a host, {@code *.parent}, or empty for every other host. */
        public Builder<V> put(String pattern, V value) {
            throw new UnsupportedOperationException();
        }

        /** The value of a pattern so far, or null. */
        public @Nullable V get(String pattern) {
            throw new UnsupportedOperationException();
        }

        /** Removes a pattern. */
        public Builder<V> remove(String pattern) {
            throw new UnsupportedOperationException();
        }

        /** The map. */
        public HostMap<V> build() {
            throw new UnsupportedOperationException();
        }
    }
}
