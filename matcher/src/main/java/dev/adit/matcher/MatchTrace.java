package dev.adit.matcher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a host and path were served as they were. Immutable if the values are.
 *
 * @param <T> the type of the values
 * @param group the host pattern whose group was chosen ({@code ""} = the group for every host), or null if there is none
 * @param candidates every rule of the group that was looked at, in the order of the walk: the PREFIX rules met on the way down the path's
 *     elements, the EXACT rules where it ended, and, if none of these was equal, the REGEX rules that were asked, those with the longest literal prefix
 *     first. Rules that the walk could rule out unseen are not listed
 * @param winner what {@link RouteMatcher#find} answers, or null
 * @param fallback whether the winner is the group's fallback; then no candidate won
 */
public record MatchTrace<T>(
        @Nullable String group,
        List<Candidate<T>> candidates,
        @Nullable T winner,
        boolean fallback) {
    /** Copies the candidates. */
    public MatchTrace {
        candidates = List.copyOf(candidates);
    }

    /**
     * A rule that was looked at.
     *
     * @param <T> the type of the values
     * @param kind how the path is compared
     * @param path the rule's text as given
     * @param value what the rule answers
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
