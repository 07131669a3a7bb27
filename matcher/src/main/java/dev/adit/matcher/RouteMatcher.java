package dev.adit.matcher;

import org.jspecify.annotations.Nullable;

/** Host and path to value. Immutable, safe for any number of threads. */
public final class RouteMatcher<T> {
    /** A builder without rules. */
    public static <T> Builder<T> builder() {
        throw new UnsupportedOperationException();
    }

    /** The value of the rule that serves a normalised host and path, else the host group's fallback, else null. */
    public @Nullable T find(String host, String path) {
        throw new UnsupportedOperationException();
    }

    /** The same walk as {@link #find}, with a record of every candidate. */
    public MatchTrace<T> explain(String host, String path) {
        throw new UnsupportedOperationException();
    }

    /** A builder that starts with these rules; hosts that are not touched share their structure. */
    public Builder<T> toBuilder() {
        throw new UnsupportedOperationException();
    }

    /** Collects rules; not thread-safe. */
    public static final class Builder<T> {
        /** Adds a rule that is EXACT or PREFIX. Fails if the group has a rule of that kind and path. */
        public Builder<T> add(String host, PathKind kind, String path, T value) {
            throw new UnsupportedOperationException();
        }

        /** Adds a REGEX rule; {@code path} is its text, whose length decides precedence. */
        public Builder<T> add(String host, String path, PathPattern pattern, T value) {
            throw new UnsupportedOperationException();
        }

        /** What a host group answers if no rule matches. Also claims the host. Replaces an earlier one. */
        public Builder<T> fallback(String host, T value) {
            throw new UnsupportedOperationException();
        }

        /** Makes a host group exist even without rules, so that its requests go nowhere else. */
        public Builder<T> claim(String host) {
            throw new UnsupportedOperationException();
        }

        /** Removes a whole host group. */
        public Builder<T> removeHost(String host) {
            throw new UnsupportedOperationException();
        }

        /** The matcher. */
        public RouteMatcher<T> build() {
            throw new UnsupportedOperationException();
        }
    }
}
