package dev.adit.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's key manager over a table that may change at any time. The table is read once per choice; a change is live for the next
 * handshake and no handshake fails in between. JSSE asks three times without saying that the questions belong together:
 *
 * <pre>
 *   chooseEngineServerAlias -> alias      table A: the alias is the fingerprint of the chain
 *                                         ---- table A is replaced by B, C, ... ----
 *   getPrivateKey(alias)    -> key        looked up in the current table, else among the recent choices,
 *   getCertificateChain(alias)            so that key and chain are always one pair
 * </pre>
 *
 * A choice stays reachable for the next {@value #RECENT} choices, and no longer than a minute after it was made if handshakes go on: long
 * enough for the one that made it, and a replaced key does not stay in memory for good.
 *
 * <p>An identity is chosen by server name, and answers only if its kind of key is the one asked for; JSSE asks for those kinds that the
 * client can verify. A handshake that cannot use it fails rather than present some other name's certificate. An engine that has finished a handshake gets no identity again: that would be a
 * renegotiation, which TLS 1.3 has abolished and which lets a client burn the server's time (CVE-2011-1473).
 *
 * <p>Safe for any number of threads.
 */
public final class CertificateKeyManager extends X509ExtendedKeyManager {
    /** How many choices stay reachable after the table was replaced. A power of two. */
    static final int RECENT = 4096;

    /** How long choices stay reachable at the least, unless there are too many. They are looked through as often. */
    static final Duration GRACE = Duration.ofSeconds(30);

    /** What a session that has no handshake behind it calls its cipher suite. */
    private static final String NO_CIPHER_SUITE = "SSL_NULL_WITH_NULL_NULL";

    private final Supplier<CertificateTable> tables;
    private final LongSupplier nanoTime;
    private final AtomicReferenceArray<@Nullable Choice> recent = new AtomicReferenceArray<>(RECENT);
    private final AtomicInteger choices = new AtomicInteger();
    /** When the choices were looked through last. */
    private final AtomicLong looked;

    private record Choice(Identity identity, long nanos) {}

    /**
     * A key manager.
     *
     * @param tables the current table, never null; called by many threads, must be fast (a volatile read)
     */
    public CertificateKeyManager(Supplier<CertificateTable> tables) {
        this(tables, System::nanoTime);
    }

    CertificateKeyManager(Supplier<CertificateTable> tables, LongSupplier nanoTime) {
        this.tables = tables;
        this.nanoTime = nanoTime;
        looked = new AtomicLong(nanoTime.getAsLong());
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        if (engine == null) {
            return choose(keyType, null);
        }
        if (!engine.getSession().getCipherSuite().equals(NO_CIPHER_SUITE)) {
            return null;
        }
        return choose(keyType, engine.getHandshakeSession());
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyType, socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null);
    }

    private @Nullable String choose(String keyType, @Nullable SSLSession handshake) {
        Identity identity = tables.get().find(serverName(handshake), keyType);
        if (identity == null) {
            return null;
        }
        long now = nanoTime.getAsLong();
        forget(now);
        recent.set(choices.getAndIncrement() & RECENT - 1, new Choice(identity, now));
        return identity.fingerprint();
    }

    private void forget(long now) {
        long last = looked.get();
        if (now - last < GRACE.toNanos() || !looked.compareAndSet(last, now)) {
            return;
        }
        for (int i = 0; i < RECENT; i++) {
            Choice choice = recent.get(i);
            if (choice != null && now - choice.nanos >= GRACE.toNanos()) {
                recent.compareAndSet(i, choice, null);
            }
        }
    }

    private static @Nullable String serverName(@Nullable SSLSession handshake) {
        if (handshake instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        Identity identity = resolve(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        Identity identity = resolve(alias);
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    private @Nullable Identity resolve(@Nullable String alias) {
        if (alias == null) {
            return null;
        }
        Identity current = tables.get().withFingerprint(alias);
        if (current != null) {
            return current;
        }
        for (int i = 0; i < RECENT; i++) {
            Choice choice = recent.get(i);
            if (choice != null && choice.identity.fingerprint().equals(alias)) {
                return choice.identity;
            }
        }
        return null;
    }

    /** The fingerprints of every identity whose key is of this kind, or null if there is none. */
    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        List<String> aliases = tables.get().identities().stream()
                .filter(identity -> identity.fits(keyType))
                .map(Identity::fingerprint)
                .distinct()
                .toList();
        return aliases.isEmpty() ? null : aliases.toArray(String[]::new);
    }

    /** Null: this is a server's key manager. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    /** Null: this is a server's key manager. */
    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
