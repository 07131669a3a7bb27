package dev.adit.netty;

import dev.adit.tls.AnyClient;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.Identity;
import dev.adit.tls.ServerTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One identity inside OpenSSL, with its key and chain decoded and keys for tickets of its own, which follow {@link TicketKeys}. Counts references: made with one, freed
 * when the last is released; each connection holds one.
 *
 * <p>Clients resume sessions by tickets only, nothing is kept for them. A ticket is good for {@link ServerTls#SESSION_LIFETIME}, for the
 * identity it was made under, and for the same server name: OpenSSL puts the context's "session ID context" into a ticket and compares it
 * later (SSL_CTX_set_session_id_context), and a connection takes it over from the context when it is made. It is set to a digest of the
 * name before, under a lock that connections for one and the same name share.
 *
 * <p>Where clients are asked for certificates nothing is resumed: each connection stands for a name of its own there, and whatever is sealed
 * is sealed with keys that nobody shares. Of what a client showed, OpenSSL keeps the first certificate in a ticket, and not those that lead
 * from it to an authority.
 */
final class OpenSslIdentity {
    private static final AtomicLong ASKED = new AtomicLong();

    private final ReferenceCountedOpenSslContext context;
    private final boolean asks;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final TicketKeys tickets;
    /** What its ticket keys are made for: nothing that another certificate or other suites have sealed is opened. */
    private final String purpose;
    /** Those that {@link #context} has now, guarded by {@link #lock}. */
    private TicketKeys.@Nullable Secrets secrets;
    /** What {@link #context} makes connections for, guarded by {@link #lock}; null: for nothing yet. */
    private @Nullable String name;

    /** @param clients whose certificates clients are asked for, or null if they are not asked */
    OpenSslIdentity(Identity identity, SSLParameters parameters, TicketKeys tickets, @Nullable ClientAuthority clients)
            throws SSLException {
        // Netty keeps what it decoded last, which is all there is here. Its caching key manager factory would keep it
        // once more, and
        // in 4.2.18 counts a reference too many where two handshakes meet.
        context = (ReferenceCountedOpenSslContext) SslContextBuilder.forServer(new SoleIdentity(identity))
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(new AnyClient(clients == null ? List.of() : clients.authorities()))
                .clientAuth(clients == null ? ClientAuth.NONE : ClientAuth.OPTIONAL)
                .protocols(parameters.getProtocols())
                .ciphers(List.of(parameters.getCipherSuites()), SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        parameters.getApplicationProtocols()))
                .enableOcsp(OpenSsl.isOcspSupported())
                .sessionTimeout(ServerTls.SESSION_LIFETIME.toSeconds())
                .build();
        OpenSslServerSessionContext sessions = (OpenSslServerSessionContext) context.sessionContext();
        sessions.setSessionCacheEnabled(false);
        this.tickets = tickets;
        purpose = String.join(
                "\n",
                "adit session ticket",
                identity.fingerprint(),
                String.join(",", parameters.getProtocols()),
                String.join(",", parameters.getCipherSuites()));
        asks = clients != null;
    }

    /** Whether the native library can sign with the key. */
    static boolean takes(Identity identity) {
        String algorithm = identity.key().getAlgorithm();
        return (algorithm.equals("RSA") || algorithm.equals("EC"))
                && identity.key().getFormat() != null;
    }

    /**
     * A handler for one connection, which holds a reference until the handler is removed.
     *
     * @param staple an OCSP response for clients that want to see it, or null
     */
    SslHandler newHandler(ByteBufAllocator allocator, @Nullable String serverName, byte @Nullable [] staple) {
        SslHandler handler = newHandler(allocator, serverName);
        if (staple != null && OpenSsl.isOcspSupported()) {
            ((ReferenceCountedOpenSslEngine) handler.engine()).setOcspResponse(staple);
        }
        return handler;
    }

    private SslHandler newHandler(ByteBufAllocator allocator, @Nullable String serverName) {
        String wanted = (serverName == null ? "" : serverName) + (asks ? " " + ASKED.incrementAndGet() : "");
        lock.readLock().lock();
        try {
            if (wanted.equals(name) && tickets.current() == secrets) {
                return context.newHandler(allocator);
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            name = null;
            OpenSslServerSessionContext sessions = (OpenSslServerSessionContext) context.sessionContext();
            if (!sessions.setSessionIdContext(digest(wanted))) {
                throw new IllegalStateException("OpenSSL takes no session ID context");
            }
            name = wanted;
            TicketKeys.Secrets current = tickets.current();
            if (current != secrets && !asks) {
                sessions.setTicketKeys(current.keys(purpose));
                secrets = current;
            }
            return context.newHandler(allocator);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** 32 bytes, which is as long as it may be. */
    private static byte[] digest(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    OpenSslIdentity retain() {
        context.retain();
        return this;
    }

    void release() {
        context.release();
    }

    /** How many hold it, for tests. */
    int references() {
        return context.refCnt();
    }
}
