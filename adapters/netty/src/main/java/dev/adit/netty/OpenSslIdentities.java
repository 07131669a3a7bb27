package dev.adit.netty;

import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The contexts in use, by the fingerprint of their chains, so that a key is decoded once and not in every handshake. Holds as many as its capacity
 * says of those that were used last, and none that the current table no longer has: the first handshake after a change drops
 * those. Whoever acquires one must release it; its memory is freed with the last of its connections.
 *
 * <p>Safe for any number of threads; the lock is held for a look-up, never while a key is decoded.
 */
final class OpenSslIdentities {
    /** How many a listener holds: each takes some 15 KiB, and a tenth of a millisecond to be made anew. */
    static final int CAPACITY = 1024;

    private final Supplier<CertificateTable> tables;
    private final SSLParameters parameters;
    private final int capacity;
    private final LinkedHashMap<String, OpenSslIdentity> byFingerprint = new LinkedHashMap<>(16, 0.75f, true);
    private CertificateTable table = CertificateTable.EMPTY;
    private boolean closed;

    OpenSslIdentities(Supplier<CertificateTable> tables, SSLParameters parameters, int capacity) {
        this.tables = tables;
        this.parameters = parameters;
        this.capacity = capacity;
    }

    /** A context that shows {@code identity}; the caller must release it. */
    OpenSslIdentity acquire(Identity identity) throws SSLException {
        OpenSslIdentity known = known(identity.fingerprint());
        return known == null ? keep(identity.fingerprint(), new OpenSslIdentity(identity, parameters)) : known;
    }

    private synchronized @Nullable OpenSslIdentity known(String fingerprint) {
        followTable();
        OpenSslIdentity context = byFingerprint.get(fingerprint);
        return context == null ? null : context.retain();
    }

    /** Keeps {@code made} for others too, unless somebody was faster or its identity is replaced already. */
    private synchronized OpenSslIdentity keep(String fingerprint, OpenSslIdentity made) {
        followTable();
        OpenSslIdentity known = byFingerprint.get(fingerprint);
        if (known != null) {
            made.release();
            return known.retain();
        }
        if (!closed && table.withFingerprint(fingerprint) != null) {
            byFingerprint.put(fingerprint, made.retain());
            if (byFingerprint.size() > capacity) {
                Iterator<OpenSslIdentity> eldest = byFingerprint.values().iterator();
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
        for (Iterator<Map.Entry<String, OpenSslIdentity>> all =
                        byFingerprint.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<String, OpenSslIdentity> entry = all.next();
            if (current.withFingerprint(entry.getKey()) == null) {
                all.remove();
                entry.getValue().release();
            }
        }
    }

    /** How many are held. */
    synchronized int size() {
        return byFingerprint.size();
    }

    /** Drops all of them; those acquired later are not held. */
    synchronized void close() {
        closed = true;
        byFingerprint.values().forEach(OpenSslIdentity::release);
        byFingerprint.clear();
    }
}
