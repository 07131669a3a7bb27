package dev.adit.tls;

import dev.adit.matcher.HostMap;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Server name to identity. The first step that knows the name decides:
 *
 * <pre>
 *   server name, normalised
 *     1. host entry of that name        {@link Builder#host}, {@link Builder#hostWithDefault}
 *     2. host entry *.parent            one label, as in an Ingress
 *     3. name in a certificate          {@link Builder#names}: the name itself, then *.parent
 *     4. default identity               also without a name, and for a name that is no DNS name
 * </pre>
 *
 * Immutable, safe for any number of threads; a change is a new table.
 */
public final class CertificateTable {
    /** No identities. */
    public static final CertificateTable EMPTY = builder().build();

    private final HostMap<Entry> hosts;
    private final HostMap<Identity> names;
    private final @Nullable Identity defaultIdentity;
    private final List<Identity> identities;
    private final Map<String, Identity> byFingerprint;

    private CertificateTable(Builder builder) {
        hosts = builder.hosts.build();
        names = builder.names.build();
        defaultIdentity = builder.defaultIdentity;
        Set<Identity> all = new LinkedHashSet<>(builder.identities);
        if (defaultIdentity != null) {
            all.add(defaultIdentity);
        }
        identities = List.copyOf(all);
        Map<String, Identity> index = new LinkedHashMap<>();
        identities.forEach(identity -> index.putIfAbsent(identity.fingerprint(), identity));
        byFingerprint = index;
    }

    /** A builder without entries. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The identity for a server name as a client sent it (any case, one trailing dot, null = none), or null. What is no DNS name
     * counts as none. At most four hash lookups however many entries there are; allocates nothing for a name in lower case.
     */
    public @Nullable Identity find(@Nullable String serverName) {
        String name = ServerName.normalise(serverName);
        if (name == null) {
            return defaultIdentity;
        }
        Entry entry = hosts.find(name);
        Identity found = entry == null ? names.find(name) : entry.identity;
        return found == null ? defaultIdentity : found;
    }

    /** The identity for names that no other entry covers, or null. */
    public @Nullable Identity defaultIdentity() {
        return defaultIdentity;
    }

    /** Every identity once, in the order of the entries, the default last unless it has an entry too; unmodifiable. */
    public Collection<Identity> identities() {
        return identities;
    }

    /** An identity with this {@link Identity#fingerprint}, or null. One hash lookup. */
    public @Nullable Identity withFingerprint(String fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    /** The labels of the identities; no key. */
    @Override
    public String toString() {
        return "CertificateTable[" + identities.size() + " identities, default " + defaultIdentity + "]";
    }

    /**
     * What a host entry answers.
     *
     * @param identity null = the default, whatever names and wildcards would say
     */
    private record Entry(@Nullable Identity identity) {
        static final Entry DEFAULT = new Entry(null);
    }

    /**
     * Collects entries; not thread-safe. Earlier entries win over later ones of the same name. A text that is neither a DNS name nor
     * {@code *.parent} is taken and matches nothing, since no client can ask for it.
     */
    public static final class Builder {
        private final HostMap.Builder<Entry> hosts = HostMap.builder();
        private final HostMap.Builder<Identity> names = HostMap.builder();
        private final Set<Identity> identities = new LinkedHashSet<>();
        private @Nullable Identity defaultIdentity;

        private Builder() {}

        /** Serves {@code host}, or {@code *.parent} over one label, with {@code identity}, whether its certificate covers it or not. */
        public Builder host(String host, Identity identity) {
            identities.add(identity);
            putIfAbsent(hosts, host, new Entry(identity));
            return this;
        }

        /** Serves {@code host} with the default identity, even where a certificate's own names or a wildcard would cover it. */
        public Builder hostWithDefault(String host) {
            putIfAbsent(hosts, host, Entry.DEFAULT);
            return this;
        }

        /** Serves every name in {@code identity}'s own certificate that no host entry covers. */
        public Builder names(Identity identity) {
            identities.add(identity);
            identity.dnsNames().forEach(name -> putIfAbsent(names, name, identity));
            return this;
        }

        /** What names without an entry get; null = nothing, the handshake fails. Replaces an earlier one. */
        public Builder defaultIdentity(@Nullable Identity identity) {
            defaultIdentity = identity;
            return this;
        }

        /** The table. */
        public CertificateTable build() {
            return new CertificateTable(this);
        }

        private static <V> void putIfAbsent(HostMap.Builder<V> map, String host, V value) {
            String pattern = ServerName.normalisePattern(host);
            if (pattern != null && map.get(pattern) == null) {
                map.put(pattern, value);
            }
        }
    }
}
