package dev.adit.matcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Host name to value: exact names, {@code *.} wildcards over exactly one label, and one value for every other host.
 *
 * <pre>
 *  pattern         hosts it covers                          not
 *  shop.example    shop.example                             www.shop.example
 *  *.shop.example  www.shop.example, eu.shop.example        shop.example, a.b.shop.example
 *  (empty)         every host no other pattern covers, and requests without a host
 * </pre>
 *
 * <p>An exact name goes before a wildcard, a wildcard before the empty pattern. Names are compared as they are: callers normalise hosts
 * first (ASCII lower case, no port, no trailing dot). Whether a host is an IP address is not known here; a caller that wants to keep
 * addresses away from wildcards asks for the empty host instead.
 *
 * <p>Deeply immutable if the values are, safe for any number of threads. Wildcards are those of the Kubernetes Ingress API, which cover one
 * label (those of the Gateway API cover one or more).
 *
 * @param <V> the type of the values
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards">Kubernetes: Ingress, hostname wildcards</a>
 */
public final class HostMap<V> {
    private static final HostMap<?> EMPTY = new HostMap<>(List.of());

    /** Sorted by pattern. */
    private final List<Entry<V>> entries;
    /** By the whole host. */
    private final @Nullable Entry<?>[] exact;
    /** By the host from its first dot on: {@code .shop.example}. */
    private final @Nullable Entry<?>[] wildcard;

    private final @Nullable Entry<V> everyOther;

    private HostMap(List<Entry<V>> sorted) {
        List<Entry<V>> exactEntries = new ArrayList<>(sorted.size());
        List<Entry<V>> wildcardEntries = new ArrayList<>();
        Entry<V> empty = null;
        for (Entry<V> entry : sorted) {
            if (entry.pattern.isEmpty()) {
                empty = entry;
            } else if (isWildcard(entry.pattern)) {
                wildcardEntries.add(entry);
            } else {
                exactEntries.add(entry);
            }
        }
        entries = sorted;
        exact = RegionTable.of(exactEntries, Entry<?>[]::new);
        wildcard = RegionTable.of(wildcardEntries, Entry<?>[]::new);
        everyOther = empty;
    }

    /** A builder without entries. */
    public static <V> Builder<V> builder() {
        return HostMap.<V>empty().toBuilder();
    }

    @SuppressWarnings("unchecked") // without entries there is no value of any type
    private static <V> HostMap<V> empty() {
        return (HostMap<V>) EMPTY;
    }

    /**
     * Whether {@link Builder#put} takes a pattern: empty, or labels that are not empty, hold no ASCII upper-case letter and no {@code *},
     * separated by single dots and led by {@code *.} for a wildcard. Whether a name is a legal DNS name beyond that is not asked.
     */
    public static boolean isPattern(String pattern) {
        if (pattern.isEmpty()) {
            return true;
        }
        char before = '.';
        for (int i = isWildcard(pattern) ? 2 : 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*' || (c >= 'A' && c <= 'Z') || (c == '.' && before == '.')) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    static void requirePattern(String pattern) {
        if (!isPattern(pattern)) {
            throw new IllegalArgumentException(
                    "not a host pattern (lower-case labels, optionally led by \"*.\"): " + pattern);
        }
    }

    private static boolean isWildcard(String pattern) {
        return pattern.startsWith("*.");
    }

    /**
     * The value for a normalised host (lower case, no port, no trailing dot; empty = no host): exact, else wildcard, else the one for every
     * host, else null. At most two look-ups, each linear in the length of the host; allocates nothing.
     */
    public @Nullable V find(String host) {
        Entry<V> entry = entry(host);
        return entry == null ? null : entry.value;
    }

    /**
     * The pattern that {@link #find} matches: the host itself, {@code *.parent}, the empty text, or null if none. Costs what {@code find}
     * costs.
     */
    public @Nullable String pattern(String host) {
        Entry<V> entry = entry(host);
        return entry == null ? null : entry.pattern;
    }

    @SuppressWarnings("unchecked") // the tables hold only what the constructor put there
    private @Nullable Entry<V> entry(String host) {
        Entry<?> found = RegionTable.find(exact, host, 0, host.length());
        if (found == null) {
            int dot = host.indexOf('.');
            if (dot > 0) { // a wildcard stands for one label, and no label is empty
                found = RegionTable.find(wildcard, host, dot, host.length());
            }
        }
        return found == null ? everyOther : (Entry<V>) found;
    }

    /** Every pattern and its value, sorted by pattern. */
    public void forEach(BiConsumer<? super String, ? super V> action) {
        for (Entry<V> entry : entries) {
            action.accept(entry.pattern, entry.value);
        }
    }

    /** A builder that starts with these entries. It copies nothing; its {@code build} reuses the entries that did not change. */
    public Builder<V> toBuilder() {
        return new Builder<>(this);
    }

    private static final class Entry<V> extends RegionTable.Entry {
        final String pattern;
        final V value;

        Entry(String pattern, V value) {
            super(isWildcard(pattern) ? pattern.substring(1) : pattern);
            this.pattern = pattern;
            this.value = value;
        }
    }

    /** Collects entries; not thread-safe. It can go on after {@link #build}. */
    public static final class Builder<V> {
        private final HostMap<V> base;
        /** What differs from the base; null for a pattern that was removed. */
        private final TreeMap<String, @Nullable Entry<V>> changes = new TreeMap<>();

        private Builder(HostMap<V> base) {
            this.base = base;
        }

        /**
         * Adds or replaces the value of a pattern: a host, {@code *.parent}, or empty for every other host.
         *
         * @throws IllegalArgumentException if {@link HostMap#isPattern} says no
         */
        public Builder<V> put(String pattern, V value) {
            requirePattern(pattern);
            changes.put(pattern, new Entry<>(pattern, Objects.requireNonNull(value, "value")));
            return this;
        }

        /** The value of a pattern so far, or null. Patterns are compared as texts: a wildcard does not answer for its hosts. */
        public @Nullable V get(String pattern) {
            Entry<V> entry = changes.containsKey(pattern) ? changes.get(pattern) : base.entryOf(pattern);
            return entry == null ? null : entry.value;
        }

        /** Removes a pattern; nothing happens if there is none. */
        public Builder<V> remove(String pattern) {
            changes.put(pattern, null);
            return this;
        }

        /** The map. Linear in the number of entries; hashes only what changed. */
        public HostMap<V> build() {
            if (changes.isEmpty()) {
                return base;
            }
            List<Entry<V>> old = base.entries;
            List<Entry<V>> merged = new ArrayList<>(old.size() + changes.size());
            int next = 0;
            for (Map.Entry<String, @Nullable Entry<V>> change : changes.entrySet()) {
                while (next < old.size() && old.get(next).pattern.compareTo(change.getKey()) < 0) {
                    merged.add(old.get(next++));
                }
                if (next < old.size() && old.get(next).pattern.equals(change.getKey())) {
                    next++;
                }
                Entry<V> entry = change.getValue();
                if (entry != null) {
                    merged.add(entry);
                }
            }
            merged.addAll(old.subList(next, old.size()));
            return new HostMap<>(merged);
        }
    }

    @SuppressWarnings("unchecked") // the tables hold only what the constructor put there
    private @Nullable Entry<V> entryOf(String pattern) {
        if (pattern.isEmpty()) {
            return everyOther;
        }
        return (Entry<V>)
                (isWildcard(pattern)
                        ? RegionTable.find(wildcard, pattern, 1, pattern.length())
                        : RegionTable.find(exact, pattern, 0, pattern.length()));
    }
}
