package dev.adit.tls;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The server side of TLS with the JDK's engine: one context for every name and for the life of a listener; the certificates behind it
 * change whenever the supplier's table does.
 *
 * <pre>{@code
 * ServerTls tls = ServerTls.of(() -> gateway.certificates());
 * SSLEngine engine = tls.newEngine(List.of("http/1.1"));   // one per connection
 * }</pre>
 *
 * Protocol versions and cipher suites are those of the table's {@link TlsPolicy}, which a new connection reads. A name without an identity ends the handshake with {@code handshake_failure}: no other certificate is ever shown in its place. Engines refuse renegotiation.
 *
 * <p>Clients are asked for certificates where the table has a {@link ClientAuthority} for the name, and may show any or none: whoever serves
 * their requests must {@linkplain ClientAuthority#verify judge} what they showed. Their sessions are never resumed, since a session says what
 * had to be shown when it was made.
 *
 * <p>A session is never resumed for another name than it was made for, and keeps the certificate it was made with for at most
 * {@link #SESSION_LIFETIME}; every full handshake shows the current one. Since JDK 25 the engine asks for a ticket's certificate before it
 * knows the name, so that only the default identity's tickets are resumed there, unless the system property
 * {@code jdk.tls.server.enableSessionTicketExtension} is {@code false}.
 *
 * <p>Safe for any number of threads.
 */
public final class ServerTls {
    /** How long a client may resume a session. */
    public static final Duration SESSION_LIFETIME = Duration.ofMinutes(10);

    /** Sessions kept for clients that do not take tickets; about 1 KiB each plus the chain they share. */
    private static final int SESSION_CACHE_SIZE = 10_240;

    /**
     * Takes every name. It is here for what its presence does: only with a matcher does JSSE compare a resumed session's server name
     * with the one asked for, and make a new session, with the right certificate, if they differ.
     */
    private static final SNIMatcher EVERY_NAME = new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
        @Override
        public boolean matches(SNIServerName name) {
            return true;
        }
    };

    /** Counts the engines that have asked for a certificate. */
    private static final AtomicLong ASKED = new AtomicLong();

    private final SSLContext context;
    private final Supplier<CertificateTable> tables;
    private final Set<String> supported;

    private ServerTls(SSLContext context, Supplier<CertificateTable> tables) {
        this.context = context;
        this.tables = tables;
        supported = Set.of(context.getSupportedSSLParameters().getCipherSuites());
    }

    /**
     * Makes a context.
     *
     * @param tables the current table, never null; read for each engine, and in each full handshake by the thread that runs it, so it must
     *     be fast (a volatile read)
     * @throws IllegalStateException if the platform has no TLS
     */
    public static ServerTls of(Supplier<CertificateTable> tables) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            // One context asks for every name, so that it cannot tell clients whom each name believes.
            AnyClient clients = new AnyClient(List.of());
            context.init(new KeyManager[] {new CertificateKeyManager(tables)}, new TrustManager[] {clients}, null);
            context.getServerSessionContext().setSessionTimeout(Math.toIntExact(SESSION_LIFETIME.toSeconds()));
            context.getServerSessionContext().setSessionCacheSize(SESSION_CACHE_SIZE);
            return new ServerTls(context, tables);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform offers no TLS", e);
        }
    }

    /** The context, for servers that make their own engines; these need {@link #configure} or {@link #parameters} as well. */
    public SSLContext context() {
        return context;
    }

    /**
     * The same engine, or one around it that follows the policy of the name in the client's hello, if the table has such. For servers that
     * make their own engines.
     *
     * @param engine of {@link #context}, configured, whose handshake has not begun
     */
    public SSLEngine byName(SSLEngine engine) {
        return tables.get().hasHostPolicies() ? new NamedEngine(engine, tables) : engine;
    }

    /** The engine of the Java platform inside one of {@link #newEngine} or {@link #byName}; any other engine itself. */
    public static SSLEngine platformEngine(SSLEngine engine) {
        return engine instanceof NamedEngine named ? named.engine() : engine;
    }

    /**
     * A server's engine for one connection. Its delegated tasks sign, which takes about a millisecond: run them off the event loop.
     *
     * @param applicationProtocols ALPN names in the order of preference, such as {@code h2}, {@code http/1.1}; empty = no ALPN. A client
     *     that offers ALPN but none of them is refused (RFC 7301 section 3.2)
     */
    public SSLEngine newEngine(List<String> applicationProtocols) {
        SSLEngine engine = context.createSSLEngine();
        configure(engine, applicationProtocols);
        return byName(engine);
    }

    /** Makes a fresh engine of {@link #context} a server's engine with these ALPN names. */
    public void configure(SSLEngine engine, List<String> applicationProtocols) {
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters(applicationProtocols));
    }

    /** New parameters: what the table's policy says as of now, ALPN names, and the matcher that binds sessions to their names. */
    public SSLParameters parameters(List<String> applicationProtocols) {
        return parameters(applicationProtocols, tables.get().policy(null));
    }

    /** New parameters with another policy. */
    public SSLParameters parameters(List<String> applicationProtocols, TlsPolicy policy) {
        SSLParameters parameters = new SSLParameters();
        set(parameters, policy, supported);
        parameters.setSNIMatchers(List.of(EVERY_NAME));
        parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
        return parameters;
    }

    /** Makes an engine do what {@code table} says of a name, and leaves its other parameters. */
    static void apply(CertificateTable table, @Nullable String name, SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        set(parameters, table.policy(name), Set.of(engine.getSupportedCipherSuites()));
        if (table.clientAuthority(name) != null) {
            parameters.setWantClientAuth(true);
            // JSSE resumes a session only where this is the same, and leaves its meaning to the trust manager, who
            // never looks at it.
            parameters.setEndpointIdentificationAlgorithm("asked-" + ASKED.incrementAndGet());
        }
        engine.setSSLParameters(parameters);
    }

    /** Writes a policy down, without the suites that the platform lacks. */
    static void set(SSLParameters parameters, TlsPolicy policy, Set<String> supported) {
        parameters.setCipherSuites(
                policy.cipherSuites().stream().filter(supported::contains).toArray(String[]::new));
        parameters.setProtocols(policy.protocols().toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(policy.serverPreference());
    }
}
