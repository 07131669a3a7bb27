package dev.adit.policy;

import org.jspecify.annotations.Nullable;

/**
 * Replace the whole path before forwarding.
 *
 * @param target the new path; {@code $1} to {@code $9} stand for the groups of {@code pattern}
 * @param pattern the regular expression of the rule, or null if the rule is none: then every group is empty
 */
public record Rewrite(String target, @Nullable PathRegex pattern) {
    /** The path to forward instead of {@code path}. */
    public String apply(String path) {
        return target.indexOf('$') < 0 ? target : PathRegex.expand(pattern, path, target);
    }
}
