package dev.adit.tls;

import dev.adit.matcher.HostMap;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Server name to identity. The first step that knows the name decides:
 *
 * <pre>
 *   server name, normalised
 *     0. {@link #closedTo}               nothing at all
 *     1. host entry of that name        {@link Builder#host}, {@link Builder#hostWithDefault}
 *     2. host entry *.parent            one label, as in an Ingress
 *     3. name in a certificate          {@link Builder#names}: the name itself, then *.parent
 *     4. default identity               also without a name, and for a name that is no DNS name
 * </pre>
 *
 * A name may have several identities if their kinds of key differ: the client's hello decides between those, and the one that was
 * entered first where a client could use either.
 *
 * <p>Immutable, safe for any number of threads; a change is a new table.
 */
public final class CertificateTable {
    /** No client is asked for a certificate. */
    public static final HostMap<Optional<ClientAuthority>> NOBODY =
            HostMap.<Optional<ClientAuthority>>builder().build();

    /** No identities. */
    public static final CertificateTable EMPTY = builder().build();

    private final HostMap<Entry> entries;
    private final Entry otherwise;
    private final TlsPolicy policy;
    private final HostMap<TlsPolicy> policies;
    private final boolean hostPolicies;
    private final HostMap<Optional<ClientAuthority>> clientAuthorities;
    /** Of names that get no identity, or null if there are none. */
    private final @Nullable Predicate<String> closed;

    private final List<Identity> identities;
    private final Map<String, Identity> byFingerprint;

    private CertificateTable(Builder builder) {
        entries = builder.entries();
        otherwise = new Entry(builder.defaultIdentity);
        policy = builder.policy;
        policies = policies(Map.of());
        hostPolicies = false;
        clientAuthorities = NOBODY;
        closed = null;
        Set<Identity> all = new LinkedHashSet<>(builder.identities);
        all.addAll(otherwise.identities());
        identities = List.copyOf(all);
        Map<String, Identity> index = new HashMap<>();
        identities.forEach(identity -> index.putIfAbsent(identity.fingerprint(), identity));
        byFingerprint = index;
    }

    private CertificateTable(CertificateTable other, Map<String, TlsPolicy> hosts) {
        this(other, policies(hosts), !hosts.isEmpty(), other.clientAuthorities, other.closed);
    }

    private CertificateTable(CertificateTable other, HostMap<Optional<ClientAuthority>> authorities) {
        this(other, other.policies, other.hostPolicies, authorities, other.closed);
    }

    private CertificateTable(
            CertificateTable other,
            HostMap<TlsPolicy> policies,
            boolean hostPolicies,
            HostMap<Optional<ClientAuthority>> authorities,
            @Nullable Predicate<String> closed) {
        entries = other.entries;
        otherwise = other.otherwise;
        policy = other.policy;
        this.policies = policies;
        this.hostPolicies = hostPolicies;
        clientAuthorities = authorities;
        this.closed = closed;
        identities = other.identities;
        byFingerprint = other.byFingerprint;
    }

    /**
     * This table with other policies of names.
     *
     * @param hosts by name or {@code *.parent}, which covers one label where the name itself has none; others match nothing
     */
    public CertificateTable withPolicies(Map<String, TlsPolicy> hosts) {
        return hosts.isEmpty() && !hostPolicies ? this : new CertificateTable(this, hosts);
    }

    /**
     * This table without an identity, the default one included, for some names: their handshakes fail, because somebody else serves them.
     *
     * @param names of a server name in lower case and without a trailing dot; always the same answer for the same name, safe for any
     *     number of threads, and fast: it is asked for every handshake
     */
    public CertificateTable closedTo(Predicate<String> names) {
        return new CertificateTable(this, policies, hostPolicies, clientAuthorities, names);
    }

    /**
     * This table with other names whose clients are asked for certificates.
     *
     * @param hosts empty for a name whose clients are not asked, although a wildcard or the empty pattern says so; that stands for every
     *     other name, and for none
     */
    public CertificateTable withClientAuthorities(HostMap<Optional<ClientAuthority>> hosts) {
        return hosts == clientAuthorities ? this : new CertificateTable(this, hosts);
    }

    private static HostMap<TlsPolicy> policies(Map<String, TlsPolicy> hosts) {
        HostMap.Builder<TlsPolicy> all = HostMap.builder();
        hosts.forEach((host, policy) -> {
            String pattern = ServerName.normalisePattern(host);
            if (pattern != null) {
                all.put(pattern, policy);
            }
        });
        return all.build();
    }

    /** A builder without entries. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The identity for a server name as a client sent it (any case, one trailing dot, null = none), or null. What is no DNS name
     * counts as none. Of several, the first. At most three hash lookups however many entries there are; allocates nothing for a name in
     * lower case.
     */
    public @Nullable Identity find(@Nullable String serverName) {
        return entry(serverName).first;
    }

    /**
     * As {@link #find(String)}, for a server name that stands in bytes, one for each character, as a hello has it. A string is made only of what is not
     * in lower case, ends in a dot or is no DNS name, and of every name while the table is {@linkplain #closedTo closed} to some.
     *
     * @param from where it starts
     * @throws IndexOutOfBoundsException if it is not all in the array
     */
    public @Nullable Identity find(byte[] text, int from, int length) {
        return entry(text, from, length).first;
    }

    /** The identity for the server name in a client's hello: the first that this client can verify; if there is none, null. */
    public @Nullable Identity findFor(ClientHello hello) {
        byte[] name = hello.name();
        Entry entry = name == null ? otherwise : entry(name, 0, name.length);
        for (Identity identity : entry.identities()) {
            if (hello.verifies(identity)) {
                return identity;
            }
        }
        return null;
    }

    /** Like {@link #find(String)}, but only one that can authenticate what JSSE calls {@code keyType}. */
    @Nullable
    Identity find(@Nullable String serverName, String keyType) {
        for (Identity identity : entry(serverName).identities()) {
            if (identity.fits(keyType)) {
                return identity;
            }
        }
        return null;
    }

    private Entry entry(byte[] text, int from, int length) {
        Entry entry = closed == null ? entries.findExact(text, from, length) : null;
        if (entry == null) {
            if (closed != null || !ServerName.isNormal(text, from, length)) {
                return entry(new String(text, from, length, StandardCharsets.ISO_8859_1));
            }
            entry = entries.findWildcard(text, from, length);
        }
        return entry == null || entry == Entry.DEFAULT ? otherwise : entry;
    }

    private Entry entry(@Nullable String serverName) {
        Entry entry = serverName == null ? null : entries.findExact(serverName);
        String name = entry == null ? ServerName.normalise(serverName) : serverName; // what has an entry is normal
        if (name != null && closed != null && closed.test(name)) {
            return Entry.NONE;
        }
        if (entry == null && name != null) {
            entry = name.equals(serverName) ? entries.findWildcard(name) : entries.find(name);
        }
        return entry == null || entry == Entry.DEFAULT ? otherwise : entry;
    }

    /** The identity for names that no other entry covers, or null. */
    public @Nullable Identity defaultIdentity() {
        return otherwise.first;
    }

    /** Which protocol versions and cipher suites are taken from a client that asks for this name (as it was sent, null = none). */
    public TlsPolicy policy(@Nullable String serverName) {
        String name = ServerName.normalise(serverName);
        TlsPolicy own = name == null ? null : policies.find(name);
        return own == null ? policy : own;
    }

    /** Whether any name has a policy of its own, or asks its clients for certificates. */
    public boolean hasHostPolicies() {
        return hostPolicies || clientAuthorities != NOBODY;
    }

    /** Who vouches for clients that ask for this name (as it was sent, null = none); null if they are not asked for a certificate. */
    public @Nullable ClientAuthority clientAuthority(@Nullable String serverName) {
        String name = ServerName.normalise(serverName);
        Optional<ClientAuthority> found = clientAuthorities.find(name == null ? "" : name);
        return found == null ? null : found.orElse(null);
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
        return "CertificateTable[" + identities.size() + " identities, default " + defaultIdentity() + "]";
    }

    /** What an entry answers. As small as can be: how near it is says how fast a choice among a hundred thousand is. */
    private static class Entry {
        /** The default, whatever names and wildcards would say. */
        static final Entry DEFAULT = new Entry(null);
        /** No identity. */
        static final Entry NONE = new Entry(null);

        final @Nullable Identity first;

        Entry(@Nullable Identity first) {
            this.first = first;
        }

        static Entry of(List<Identity> identities) {
            return identities.size() == 1 ? new Entry(identities.get(0)) : new SeveralKinds(identities);
        }

        List<Identity> identities() {
            return first == null ? List.of() : List.of(first);
        }
    }

    /** Identities of different kinds of key. */
    private static final class SeveralKinds extends Entry {
        private final List<Identity> identities;

        SeveralKinds(List<Identity> identities) {
            super(identities.get(0));
            this.identities = identities;
        }

        @Override
        List<Identity> identities() {
            return identities;
        }
    }

    /**
     * Collects entries; not thread-safe. Earlier entries win over later ones of the same name and kind of key. A text that is neither a
     * DNS name nor {@code *.parent} is taken and matches nothing, since no client can ask for it.
     */
    public static final class Builder {
        /** Empty for a host with the default identity. */
        private final Map<String, List<Identity>> hosts = new HashMap<>();

        private final Map<String, List<Identity>> names = new HashMap<>();
        private final Set<Identity> identities = new LinkedHashSet<>();
        private @Nullable Identity defaultIdentity;
        private TlsPolicy policy = TlsPolicy.INTERMEDIATE;

        private Builder() {}

        /** Serves {@code host}, or {@code *.parent} over one label, with {@code identity}, whether its certificate covers it or not. */
        public Builder host(String host, Identity identity) {
            identities.add(identity);
            add(hosts, ServerName.normalisePattern(host), identity);
            return this;
        }

        /** Serves {@code host} with the default identity, even where a certificate's own names or a wildcard would cover it. */
        public Builder hostWithDefault(String host) {
            String pattern = ServerName.normalisePattern(host);
            if (pattern != null) {
                hosts.putIfAbsent(pattern, List.of());
            }
            return this;
        }

        /** Serves every name in {@code identity}'s own certificate that no host entry covers. */
        public Builder names(Identity identity) {
            identities.add(identity);
            identity.dnsNames().forEach(name -> add(names, name, identity));
            return this;
        }

        /** What names without an entry get; null = nothing, the handshake fails. Replaces an earlier one. */
        public Builder defaultIdentity(@Nullable Identity identity) {
            defaultIdentity = identity;
            return this;
        }

        /** Which protocol versions and cipher suites are taken. Default: {@link TlsPolicy#INTERMEDIATE}. */
        public Builder policy(TlsPolicy value) {
            policy = value;
            return this;
        }

        /** The table. */
        public CertificateTable build() {
            return new CertificateTable(this);
        }

        private static void add(Map<String, List<Identity>> map, @Nullable String pattern, Identity identity) {
            if (pattern == null) {
                return;
            }
            List<Identity> before = map.get(pattern);
            if (before == null) {
                map.put(pattern, List.of(identity));
            } else if (!before.isEmpty() && before.stream().noneMatch(identity::hasKindOf)) {
                map.put(
                        pattern,
                        Stream.concat(before.stream(), Stream.of(identity)).toList());
            }
        }

        /** One map for all steps: a name in a certificate is left out where a host entry, or the wildcard of one, goes before it. */
        private HostMap<Entry> entries() {
            HostMap.Builder<Entry> all = HostMap.builder();
            hosts.forEach((host, found) -> all.put(host, found.isEmpty() ? Entry.DEFAULT : Entry.of(found)));
            names.forEach((name, found) -> {
                int dot = name.indexOf('.');
                if (!hosts.containsKey(name) && (dot < 0 || !hosts.containsKey("*" + name.substring(dot)))) {
                    all.put(name, Entry.of(found));
                }
            });
            return all.build();
        }
    }
}
