package dev.adit.matcher;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Host and path to value, as a Kubernetes Ingress decides it.
 *
 * <ol>
 *   <li>One <em>host group</em> is chosen as {@link HostMap} does: the exact host, else its one-label wildcard, else the group for every other
 *       host (the empty pattern). Never more than one: a host that a group claims gets nothing from another, whatever its path.
 *   <li>In the group, an {@link PathKind#EXACT} rule that equals the path goes first.
 *   <li>Else, of the {@link PathKind#PREFIX} and {@link PathKind#REGEX} rules that match, the one with the longest text, as it was given:
 *       {@code /foo/} goes before {@code /foo}. Of equal length, PREFIX goes before REGEX, then the lesser text.
 *   <li>Else the group's fallback, else nothing.
 * </ol>
 *
 * <p>The order in which rules were added never matters. Hosts and paths are compared as they are: callers normalise both first (host: lower
 * case, no port, no trailing dot; path: no query, percent-escapes in one spelling). Empty elements of a path are ignored, but not by EXACT.
 *
 * <p>Deeply immutable if the values are, safe for any number of threads. After a thread's first call, {@link #find} allocates nothing unless a
 * {@link PathPattern} does; only a path with empty elements, or one that is not ASCII where rules are not, is copied. Its time grows with the length of
 * the host and of the path, and with at most one table look-up for each path element, not with the number of rules. Of the group's REGEX rules, those are
 * asked one by one that are longer than the best PREFIX and whose {@linkplain PathPattern#prefix() literal prefix} leads the path; the others cost a
 * binary search.
 *
 * @param <T> the type of the values
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types">Kubernetes: Ingress, path types and multiple
 *     matches</a>
 */
public final class RouteMatcher<T> {
    /** The largest number of path elements of an EXACT or PREFIX rule. */
    public static final int MAX_ELEMENTS = 256;

    private final HostMap<HostGroup<T>> groups;

    private RouteMatcher(HostMap<HostGroup<T>> groups) {
        this.groups = groups;
    }

    /** A builder without rules. */
    public static <T> Builder<T> builder() {
        return new Builder<>(HostMap.builder());
    }

    /**
     * The value of the rule that serves a normalised host and path, else the host group's fallback, else null.
     *
     * @param host lower case, without port and trailing dot; empty = the request names none
     * @param path without query; any text, {@code /} for none
     */
    public @Nullable T find(String host, String path) {
        Scratch scratch = Scratch.mine();
        HostGroup<T> group = groups.find(scratch, host);
        return group == null ? null : group.find(scratch, path);
    }

    /**
     * As {@link #find(String, String)}, for a host and a path that stand in bytes, one for each character (ISO 8859-1), as a server reads them: it need
     * not make strings to be routed. Allocates nothing, but for a path with empty elements, and where the host has REGEX rules.
     *
     * @param host where the host starts
     * @param hostLength its length; 0 = the request names none
     * @param path where the path starts
     * @param pathLength its length
     * @throws IndexOutOfBoundsException if one of them is not all in the array
     */
    public @Nullable T find(byte[] text, int host, int hostLength, int path, int pathLength) {
        Objects.checkFromIndexSize(host, hostLength, text.length);
        Objects.checkFromIndexSize(path, pathLength, text.length);
        HostGroup<T> group = groups.find(text, host, hostLength);
        return group == null ? null : group.find(text, path, pathLength);
    }

    /** The pattern whose rules serve a host, whether one of them matches or not: itself, {@code *.parent}, empty; null if there is none. */
    public @Nullable String hostPattern(String host) {
        return groups.pattern(host);
    }

    /** The group that serves a host, or null. */
    @Nullable
    HostGroup<T> group(String host) {
        return groups.find(host);
    }

    /**
     * What {@link #find} answers, and every candidate for it. Linear in the number of the group's rules.
     *
     * @param host as for {@code find}
     * @param path as for {@code find}
     */
    public MatchTrace<T> explain(String host, String path) {
        HostGroup<T> group = group(host);
        String pattern = groups.pattern(host);
        return group == null || pattern == null
                ? new MatchTrace<>(null, List.of(), null, false)
                : group.explain(pattern, path);
    }

    /**
     * A builder that starts with these rules. It copies nothing: groups of hosts that are not touched are shared with what it builds, and a group
     * is rebuilt as a whole once one of its rules changes.
     */
    public Builder<T> toBuilder() {
        return new Builder<>(groups.toBuilder());
    }

    /**
     * Collects rules; not thread-safe. It can go on after {@link #build}. A call that fails changes nothing.
     *
     * <p>Everywhere {@code host} is a pattern that {@link HostMap#isPattern} accepts; anything else is an {@link IllegalArgumentException}.
     */
    public static final class Builder<T> {
        private final HostMap.Builder<HostGroup<T>> groups;
        private final Map<String, GroupBuilder<T>> touched = new HashMap<>();

        private Builder(HostMap.Builder<HostGroup<T>> groups) {
            this.groups = groups;
        }

        /**
         * Adds a rule that is EXACT or PREFIX.
         *
         * @param path any text; PREFIX without elements ({@code /} or empty) matches every path
         * @throws IllegalArgumentException if the group has a rule of that kind and path, if the path has more than {@link #MAX_ELEMENTS} elements, or
         *     if the kind is REGEX, which needs a pattern
         */
        public Builder<T> add(String host, PathKind kind, String path, T value) {
            if (kind == PathKind.REGEX) {
                throw new IllegalArgumentException("a REGEX rule needs its pattern: " + path);
            }
            int elements = Elements.count(path);
            if (elements > MAX_ELEMENTS) {
                throw new IllegalArgumentException(
                        "a path of " + elements + " elements; at most " + MAX_ELEMENTS + " are allowed");
            }
            return add(host, new Rule<>(kind, path, null, Objects.requireNonNull(value, "value")));
        }

        /**
         * Adds a REGEX rule.
         *
         * @param path the text of the pattern; its length decides precedence, nothing else is done with it
         * @throws IllegalArgumentException if the group has a REGEX rule of that text
         */
        public Builder<T> add(String host, String path, PathPattern pattern, T value) {
            Objects.requireNonNull(pattern.prefix(), "prefix");
            return add(
                    host,
                    new Rule<>(
                            PathKind.REGEX,
                            Objects.requireNonNull(path, "path"),
                            pattern,
                            Objects.requireNonNull(value, "value")));
        }

        private Builder<T> add(String host, Rule<T> rule) {
            if (!group(host).add(rule)) {
                throw new IllegalArgumentException(
                        "host \"" + host + "\" has a second " + rule.kind() + " rule for " + rule.path());
            }
            return this;
        }

        /** What a host group answers if no rule matches. Also claims the host. Replaces an earlier one. */
        public Builder<T> fallback(String host, T value) {
            Objects.requireNonNull(value, "value");
            group(host).fallback(value);
            return this;
        }

        /** Makes a host group exist even without rules, so that its requests go nowhere else. */
        public Builder<T> claim(String host) {
            group(host);
            return this;
        }

        /** Removes a whole host group, its fallback and its claim; nothing happens if there is none. */
        public Builder<T> removeHost(String host) {
            touched.remove(host);
            groups.remove(host);
            return this;
        }

        private GroupBuilder<T> group(String host) {
            GroupBuilder<T> group = touched.get(host);
            if (group == null) {
                HostMap.requirePattern(host);
                group = new GroupBuilder<>(groups.get(host));
                touched.put(host, group);
            }
            return group;
        }

        /** The matcher. Its time and memory grow with n log n of the rules of the touched hosts, and with at most a quarter of the number of hosts. */
        public RouteMatcher<T> build() {
            touched.forEach((host, group) -> groups.put(host, group.build()));
            touched.clear();
            return new RouteMatcher<>(groups.build());
        }
    }
}
