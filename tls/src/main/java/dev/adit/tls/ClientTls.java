package dev.adit.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client side of TLS with the JDK's engine: how the endpoints of a backend are spoken to, and what is expected of their
 * certificates. It holds its own sessions, so that nothing that was agreed under one is used under another.
 *
 * <pre>{@code
 * ClientTls tls = ClientTls.builder().verify(authorities, 1).name("shop.prod.svc").build();
 * SSLEngine engine = tls.newEngine("10.0.0.7", 8443, List.of("http/1.1"));   // one per connection
 * }</pre>
 *
 * Two are equal only if they are the same object. Immutable, safe for any number of threads.
 */
public final class ClientTls {
    /** How long a session may be resumed, that is, a connection be made without verifying its endpoint's certificate again. */
    public static final Duration SESSION_LIFETIME = Duration.ofMinutes(10);

    /** Sessions kept; one endpoint needs one. */
    private static final int SESSION_CACHE_SIZE = 1_024;

    /**
     * Whatever certificate an endpoint shows: pods rarely have one that could be verified. Against eavesdroppers only; whoever can
     * change what is sent can also answer in the endpoint's place.
     */
    public static final ClientTls UNVERIFIED = builder().build();

    private final SSLContext context;
    private final EndpointTrust trust;
    private final String label;
    private final List<X509Certificate> authorities;
    private final @Nullable String name;
    private final @Nullable String serverName;
    private final @Nullable Identity identity;
    private final @Nullable TlsPolicy policy;
    private final Set<String> supported;
    private final String text;

    private ClientTls(Builder b) {
        trust = new EndpointTrust(b.authorities, b.depth, b.name, b.clock);
        label = b.label;
        name = b.name;
        authorities = b.authorities == null ? List.of() : b.authorities;
        identity = b.identity;
        serverName = b.serverName;
        policy = b.policy;
        KeyManager[] keys = b.identity == null ? new KeyManager[0] : new KeyManager[] {new SoleKeyManager(b.identity)};
        try {
            context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {trust}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform offers no TLS", e);
        }
        context.getClientSessionContext().setSessionTimeout(Math.toIntExact(SESSION_LIFETIME.toSeconds()));
        context.getClientSessionContext().setSessionCacheSize(SESSION_CACHE_SIZE);
        supported = Set.of(context.getSupportedSSLParameters().getCipherSuites());
        text = (!trust.verifies() ? "unverified" : b.name == null ? "verified" : "verified as " + b.name)
                + (serverName == null || serverName.isEmpty() ? "" : ", asked for as " + serverName)
                + (b.identity == null ? "" : ", shown " + b.identity.label());
    }

    /** A builder of {@link #UNVERIFIED}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether endpoints must show a certificate that stands up to verification. */
    public boolean verifies() {
        return trust.verifies();
    }

    /** Where the settings come from; empty if nobody said so. */
    public String label() {
        return label;
    }

    /** What a verified certificate must be for, or null for the host that an engine is made for. */
    public @Nullable String name() {
        return name;
    }

    /** What is sent as the server name; empty for none, or null for the host that an engine is made for, if it is no address. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** The protocol versions that may be agreed on; unmodifiable. */
    public List<String> protocols() {
        return policy == null ? List.of(context.getDefaultSSLParameters().getProtocols()) : policy.protocols();
    }

    /** Whom it trusts to vouch for endpoints; unmodifiable, empty if it does not verify. */
    public List<X509Certificate> authorities() {
        return authorities;
    }

    /** What endpoints are shown that ask for a client's certificate, valid or not; null for nothing. */
    public @Nullable Identity identity() {
        return identity;
    }

    /**
     * The context, for clients that make their own engines; these need {@link #configure} as well. Its sockets connect to nobody if
     * certificates are to be verified: they do not tell for whom.
     */
    public SSLContext context() {
        return context;
    }

    /**
     * A client's engine for one connection. Its delegated tasks sign and verify, which takes about a millisecond: run them off the
     * event loop.
     *
     * @param host the endpoint's address, or its name
     * @param port the endpoint's port
     * @param applicationProtocols ALPN names in the order of preference, such as {@code h2}; empty = no ALPN
     */
    public SSLEngine newEngine(String host, int port, List<String> applicationProtocols) {
        SSLEngine engine = context.createSSLEngine(host, port);
        configure(engine, applicationProtocols);
        return engine;
    }

    /** Makes a fresh engine of {@link #context}, made for the endpoint's host and port, like one of {@link #newEngine}. */
    public void configure(SSLEngine engine, List<String> applicationProtocols) {
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        // The name is verified here, by RFC 9525: the JDK would take the subject's common name as well.
        parameters.setEndpointIdentificationAlgorithm(null);
        parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
        parameters.setServerNames(serverNames(serverName == null ? engine.getPeerHost() : serverName));
        if (policy != null) {
            ServerTls.set(parameters, policy, supported);
        }
        engine.setSSLParameters(parameters);
    }

    /** None of what is no server name, as addresses are none (RFC 6066 section 3). */
    private static List<SNIServerName> serverNames(@Nullable String host) {
        String name = PeerNames.isAddress(host) ? null : ServerName.normalise(host);
        try {
            return name == null ? List.of() : List.of(new SNIHostName(name));
        } catch (IllegalArgumentException e) { // an underscore, which the JDK sends to nobody
            return List.of();
        }
    }

    /**
     * Why the endpoint's certificate was not trusted, in words that name what was expected and what the certificate says, or null if a
     * handshake did not fail for that.
     *
     * @param engine of this value
     */
    public @Nullable String distrust(SSLEngine engine) {
        return trust.distrust(engine);
    }

    /** Whether it verifies, the names expected and sent, and the label of the identity. */
    @Override
    public String toString() {
        return text;
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private String label = "";
        private @Nullable List<X509Certificate> authorities;
        private int depth;
        private @Nullable String name;
        private @Nullable String serverName;
        private @Nullable Identity identity;
        private @Nullable TlsPolicy policy;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /** Where the settings come from, such as {@code namespace/name} of a Secret: for reports. Default: empty. */
        public Builder label(String value) {
            label = value;
            return this;
        }

        /**
         * Has certificates verified: issued for servers, valid now, by one of {@code certificates}, or one of these itself. Default:
         * they are not verified.
         *
         * @param certificates each of them is trusted, whether it signed itself or not
         * @param intermediates how many certificates may stand between an endpoint's and the one that is trusted, as OpenSSL counts the
         *     depth; not negative
         */
        public Builder verify(List<X509Certificate> certificates, int intermediates) {
            if (certificates.isEmpty() || intermediates < 0) {
                throw new IllegalArgumentException("no certificate to trust, or a negative depth");
            }
            authorities = List.copyOf(certificates);
            depth = intermediates;
            return this;
        }

        /**
         * The same with certificates in PEM, all that there are.
         *
         * @param pem at most 1 MiB and 1000 certificates
         * @throws PemException if it cannot be read, or holds none
         */
        public Builder verify(byte[] pem, int intermediates) throws PemException {
            return verify(Pem.certificates(pem, Pem.MAX_AUTHORITIES), intermediates);
        }

        /**
         * The DNS name or address that a verified certificate must have among its subject alternative names (RFC 9525). Default, null:
         * the host that an engine is made for.
         */
        public Builder name(@Nullable String value) {
            name = value;
            return this;
        }

        /**
         * The server name that is sent; empty for none. Default, null: the host that an engine is made for, if it is no address. What is no
         * server name (RFC 6066 section 3) is not sent.
         */
        public Builder serverName(@Nullable String value) {
            serverName = value;
            return this;
        }

        /** What endpoints are shown that ask for a client's certificate. Default, null: none. */
        public Builder identity(@Nullable Identity value) {
            identity = value;
            return this;
        }

        /** Protocol versions and cipher suites. Default, null: those of the Java platform. */
        public Builder policy(@Nullable TlsPolicy value) {
            policy = value;
            return this;
        }

        /** By which certificates are judged. Default: the system's. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** The settings, with sessions of their own. */
        public ClientTls build() {
            return new ClientTls(this);
        }
    }
}
