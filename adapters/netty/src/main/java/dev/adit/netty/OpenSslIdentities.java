package dev.adit.netty;

import dev.adit.tls.CertificateTable;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.Identity;
import dev.adit.tls.TlsPolicy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The contexts in use, by the fingerprint of their chains the policy that they follow, and whose clients they ask for, so that a key is decoded once and not in every handshake. Holds as many as its capacity
 * says of those that were used last, and none that the current table no longer has: the first handshake after a change drops
 * those. Whoever acquires one must release it; its memory is freed with the last of its connections.
 *
 * <p>Safe for any number of threads; the lock is held for a look-up, never while a key is decoded.
 */
final class OpenSslIdentities {
    /** How many a listener holds: each takes some 15 KiB, and a tenth of a millisecond to be made anew. */
    static final int CAPACITY = 1024;

    private final Supplier<CertificateTable> tables;
    private final Function<TlsPolicy, SSLParameters> parameters;
    private final TicketKeys tickets;
    private final int capacity;
    private final LinkedHashMap<Key, OpenSslIdentity> byKey = new LinkedHashMap<>(16, 0.75f, true);
    private CertificateTable table = CertificateTable.EMPTY;
    private boolean closed;

    /** What a context is made for. */
    private record Key(
            String fingerprint, TlsPolicy policy, @Nullable ClientAuthority clients) {}

    OpenSslIdentities(
            Supplier<CertificateTable> tables,
            Function<TlsPolicy, SSLParameters> parameters,
            TicketKeys tickets,
            int capacity) {
        this.tables = tables;
        this.parameters = parameters;
        this.tickets = tickets;
        this.capacity = capacity;
    }

    /**
     * A context that shows {@code identity} and follows {@code policy}; the caller must release it.
     *
     * @param clients whose certificates clients are asked for, or null if they are not asked
     */
    OpenSslIdentity acquire(Identity identity, TlsPolicy policy, @Nullable ClientAuthority clients)
            throws SSLException {
        Key key = new Key(identity.fingerprint(), policy, clients);
        OpenSslIdentity known = known(key);
        return known == null
                ? keep(key, new OpenSslIdentity(identity, parameters.apply(policy), tickets, clients))
                : known;
    }

    private synchronized @Nullable OpenSslIdentity known(Key key) {
        followTable();
        OpenSslIdentity context = byKey.get(key);
        return context == null ? null : context.retain();
    }

    /** Keeps {@code made} for others too, unless somebody was faster or its identity is replaced already. */
    private synchronized OpenSslIdentity keep(Key key, OpenSslIdentity made) {
        followTable();
        OpenSslIdentity known = byKey.get(key);
        if (known != null) {
            made.release();
            return known.retain();
        }
        if (!closed && table.withFingerprint(key.fingerprint) != null) {
            byKey.put(key, made.retain());
            if (byKey.size() > capacity) {
                Iterator<OpenSslIdentity> eldest = byKey.values().iterator();
                eldest.next().release();
                eldest.remove();
            }
        }
        return made;
    }

    /** Reads the table under the lock, so that nobody goes back to an older one. */
    private void followTable() {
        CertificateTable current = tables.get();
        if (current == table) {
            return;
        }
        table = current;
        for (Iterator<Map.Entry<Key, OpenSslIdentity>> all = byKey.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Key, OpenSslIdentity> entry = all.next();
            if (current.withFingerprint(entry.getKey().fingerprint) == null) {
                all.remove();
                entry.getValue().release();
            }
        }
    }

    /** How many are held. */
    synchronized int size() {
        return byKey.size();
    }

    /** Drops all of them; those acquired later are not held. */
    synchronized void close() {
        closed = true;
        byKey.values().forEach(OpenSslIdentity::release);
        byKey.clear();
    }
}
