package dev.adit.policy;

import dev.adit.matcher.PathPattern;
import org.jspecify.annotations.Nullable;

/** A regular expression over paths or header values that takes linear time. Immutable. */
public final class PathRegex implements PathPattern {
    /** Case-insensitive, anchored at the start only. @throws IllegalArgumentException with a readable reason */
    public static PathRegex path(String regex) {
        throw new UnsupportedOperationException();
    }

    /** Case-sensitive, found anywhere. @throws IllegalArgumentException with a readable reason */
    public static PathRegex anywhere(String regex) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean matches(String text) {
        throw new UnsupportedOperationException();
    }

    static String expand(@Nullable PathRegex pattern, String path, String template) {
        throw new UnsupportedOperationException();
    }
}
