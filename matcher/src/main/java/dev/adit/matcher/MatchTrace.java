package dev.adit.matcher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a host and path were served as they were.
 *
 * @param group the host pattern whose group was chosen ({@code ""} = the group for every host), or null if there is none
 * @param candidates every rule of the group that was looked at, in the order of the walk
 * @param winner what {@link RouteMatcher#find} answers, or null
 * @param fallback whether the winner is the group's fallback
 */
public record MatchTrace<T>(
        @Nullable String group,
        List<Candidate<T>> candidates,
        @Nullable T winner,
        boolean fallback) {
    public MatchTrace {
        candidates = List.copyOf(candidates);
    }

    /**
     * A rule that was looked at.
     *
     * @param verdict what the walk found
     */
    public record Candidate<T>(PathKind kind, String path, T value, Verdict verdict) {}

    /** What the walk found of a rule. */
    public enum Verdict {
        /** It matches and nothing better does. */
        WON,
        /** It matches, but another rule goes before it. */
        OUTRANKED,
        /** It does not match. */
        NO_MATCH
    }
}
