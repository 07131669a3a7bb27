package dev.adit.matcher;

import java.util.HashMap;
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
    /** By the whole host. */
    private final NameTable<V> exact;
    /** By the host from its first dot on: {@code .shop.example}. */
    private final NameTable<V> wildcard;

    private final @Nullable V everyOther;

    private HostMap(NameTable<V> exact, NameTable<V> wildcard, @Nullable V everyOther) {
        this.exact = exact;
        this.wildcard = wildcard;
        this.everyOther = everyOther;
    }

    /** A builder without entries. */
    public static <V> Builder<V> builder() {
        return new Builder<>(new HostMap<>(NameTable.empty(), NameTable.empty(), null));
    }

    /**
     * Whether {@link Builder#put} takes a pattern: empty, or labels that are not empty, are ASCII and hold no upper-case letter and no {@code *},
     * separated by single dots and led by {@code *.} for a wildcard. Whether a name is a legal DNS name beyond that is not asked.
     */
    public static boolean isPattern(String pattern) {
        if (pattern.isEmpty()) {
            return true;
        }
        char before = '.';
        for (int i = isWildcard(pattern) ? 2 : 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*' || c >= 0x80 || (c >= 'A' && c <= 'Z') || (c == '.' && before == '.')) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    static void requirePattern(String pattern) {
        if (!isPattern(pattern)) {
            throw new IllegalArgumentException(
                    "not a host pattern (lower-case ASCII labels, optionally led by \"*.\"): " + pattern);
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
        return find(Scratch.mine(), host);
    }

    /** The value of the pattern that is the host itself, or null: {@link #find(String)} without wildcards. */
    public @Nullable V findExact(String host) {
        return find(exact, Scratch.mine(), host, 0);
    }

    /** The value of the wildcard that covers a host, or null, whether there is an exact name or not. */
    public @Nullable V findWildcard(String host) {
        return findWildcard(Scratch.mine(), host);
    }

    private @Nullable V findWildcard(Scratch scratch, String host) {
        int dot = host.indexOf('.');
        return dot > 0 ? find(wildcard, scratch, host, dot) : null; // it stands for one label, and no label is empty
    }

    @Nullable
    V find(Scratch scratch, String host) {
        V found = find(exact, scratch, host, 0);
        if (found == null) {
            found = findWildcard(scratch, host);
        }
        return found == null ? everyOther : found;
    }

    private static <V> @Nullable V find(NameTable<V> table, Scratch scratch, String host, int from) {
        int length = host.length() - from;
        if (length > table.longest()) {
            return null;
        }
        V found = table.find(scratch.load(host, from, host.length()), 0, length);
        // The low bytes of other characters look like ASCII.
        return found == null || Words.isAscii(host, from, host.length()) ? found : null;
    }

    /**
     * As {@link #findExact(String)}, for a host that stands in bytes, one for each character (ISO 8859-1).
     *
     * @param from where it starts
     * @throws IndexOutOfBoundsException if it is not all in the array
     */
    public @Nullable V findExact(byte[] text, int from, int length) {
        Objects.checkFromIndexSize(from, length, text.length);
        return exact.find(text, from, length);
    }

    /**
     * As {@link #findWildcard(String)}, for a host that stands in bytes, one for each character (ISO 8859-1).
     *
     * @param from where it starts
     * @throws IndexOutOfBoundsException if it is not all in the array
     */
    public @Nullable V findWildcard(byte[] text, int from, int length) {
        Objects.checkFromIndexSize(from, length, text.length);
        int dot = firstDot(text, from, length);
        return dot > 0 ? wildcard.find(text, from + dot, length - dot) : null;
    }

    /**
     * As {@link #find(String)}, for a host that stands in bytes, one for each character (ISO 8859-1).
     *
     * @param from where it starts
     * @throws IndexOutOfBoundsException if it is not all in the array
     */
    public @Nullable V find(byte[] text, int from, int length) {
        V found = findExact(text, from, length);
        if (found == null) {
            found = findWildcard(text, from, length);
        }
        return found == null ? everyOther : found;
    }

    /** How many bytes of {@code text[from, from + length)} stand before its first dot; 0 if it has none. */
    private static int firstDot(byte[] text, int from, int length) {
        for (int i = 0; i < length; i++) {
            if (text[from + i] == '.') {
                return i;
            }
        }
        return 0;
    }

    /**
     * The pattern that {@link #find} matches: the host itself, {@code *.parent}, the empty text, or null if none. Costs what {@code find}
     * costs.
     */
    public @Nullable String pattern(String host) {
        Scratch scratch = Scratch.mine();
        if (find(exact, scratch, host, 0) != null) {
            return host;
        }
        if (findWildcard(scratch, host) != null) {
            return "*" + host.substring(host.indexOf('.'));
        }
        return everyOther == null ? null : "";
    }

    /** Every pattern and its value, sorted by pattern. */
    public void forEach(BiConsumer<? super String, ? super V> action) {
        Map<String, V> sorted = new TreeMap<>();
        exact.forEach(sorted::put);
        wildcard.forEach((parent, value) -> sorted.put("*" + parent, value));
        if (everyOther != null) {
            sorted.put("", everyOther);
        }
        sorted.forEach(action);
    }

    /** A builder that starts with these entries. It copies nothing; its {@code build} reuses the entries that did not change. */
    public Builder<V> toBuilder() {
        return new Builder<>(this);
    }

    private @Nullable V valueOf(String pattern) {
        if (pattern.isEmpty()) {
            return everyOther;
        }
        return isWildcard(pattern)
                ? find(wildcard, Scratch.mine(), pattern, 1)
                : find(exact, Scratch.mine(), pattern, 0);
    }

    /** Collects entries; not thread-safe. It can go on after {@link #build}. */
    public static final class Builder<V> {
        private final HostMap<V> base;
        /** What differs from the base; null for a pattern that was removed. */
        private final Map<String, @Nullable V> changes = new HashMap<>();

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
            changes.put(pattern, Objects.requireNonNull(value, "value"));
            return this;
        }

        /** The value of a pattern so far, or null. Patterns are compared as texts: a wildcard does not answer for its hosts. */
        public @Nullable V get(String pattern) {
            return changes.containsKey(pattern) ? changes.get(pattern) : base.valueOf(pattern);
        }

        /** Removes a pattern; nothing happens if there is none. */
        public Builder<V> remove(String pattern) {
            if (isPattern(pattern)) { // others were never put
                changes.put(pattern, null);
            }
            return this;
        }

        /**
         * The map. Its time and memory grow with what changed, and with at most a quarter of the number of entries; it shares the rest with the map that
         * this builder started with. Much more than that grew in number, it is laid out anew.
         */
        public HostMap<V> build() {
            if (changes.isEmpty()) {
                return base;
            }
            Map<String, @Nullable V> exact = new HashMap<>();
            Map<String, @Nullable V> wildcard = new HashMap<>();
            changes.forEach((pattern, value) -> {
                if (isWildcard(pattern)) {
                    wildcard.put(pattern.substring(1), value);
                } else if (!pattern.isEmpty()) {
                    exact.put(pattern, value);
                }
            });
            return new HostMap<>(
                    base.exact.with(exact),
                    base.wildcard.with(wildcard),
                    changes.containsKey("") ? changes.get("") : base.everyOther);
        }
    }
}
