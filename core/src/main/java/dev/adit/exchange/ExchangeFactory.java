package dev.adit.exchange;

import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import dev.adit.tls.ClientChain;
import inet.ipaddr.IPAddress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Makes exchanges. Stateless but for what it was given; safe for any number of threads. */
public final class ExchangeFactory {
    private static final Logger LOG = System.getLogger(ExchangeFactory.class.getName());

    private final Settings settings;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final ExchangeListener listener;
    private final Addresses trustedProxies;

    /**
     * A factory for one gateway.
     *
     * @param random for canary weights and request ids; must be safe for any number of threads
     * @param nanoTime a monotonic clock, in nanoseconds
     * @throws IllegalArgumentException if a trusted proxy is neither an IP address nor a CIDR block
     */
    public ExchangeFactory(
            Settings settings, RandomGenerator random, LongSupplier nanoTime, ExchangeListener listener) {
        this(settings, random, nanoTime, InstantSource.system(), listener);
    }

    /**
     * The same with another wall clock.
     *
     * @param clock what the dates of cookies are reckoned from
     */
    public ExchangeFactory(
            Settings settings,
            RandomGenerator random,
            LongSupplier nanoTime,
            InstantSource clock,
            ExchangeListener listener) {
        this.settings = Objects.requireNonNull(settings);
        this.random = Objects.requireNonNull(random);
        this.nanoTime = Objects.requireNonNull(nanoTime);
        this.clock = Objects.requireNonNull(clock);
        this.listener = Objects.requireNonNull(listener);
        this.trustedProxies = new Addresses(settings.trustedProxies());
    }

    /**
     * Describes a client's connection; make it once per connection.
     *
     * @param peerAddress the peer's IP address as text, brackets and zone allowed; anything else is trusted in nothing
     */
    public ClientConnection connection(String peerAddress, boolean secure, int localPort, @Nullable String serverName) {
        return connection(peerAddress, secure, localPort, serverName, ClientCertificate.NONE);
    }

    /**
     * Describes a client's connection after its handshake; make it once per connection.
     *
     * @param peerAddress as above
     * @param tls the session of a TLS connection, or null for clear text
     */
    public ClientConnection connection(String peerAddress, int localPort, @Nullable SSLSession tls) {
        return tls == null
                ? connection(peerAddress, false, localPort, null)
                : connection(peerAddress, true, localPort, ClientConnection.serverName(tls), ClientCertificate.of(tls));
    }

    /**
     * Describes a client's TLS connection; make it once per connection.
     *
     * @param peerAddress as above
     * @param shown what the client showed in the handshake, and proved to have the key of
     */
    public ClientConnection connection(
            String peerAddress, int localPort, @Nullable String serverName, ClientChain shown) {
        return connection(peerAddress, true, localPort, serverName, new ClientCertificate(() -> shown));
    }

    private ClientConnection connection(
            String peerAddress,
            boolean secure,
            int localPort,
            @Nullable String serverName,
            ClientCertificate certificate) {
        // Taking an address apart costs as much as a system call, and most need no second look.
        boolean canonical = Addresses.isCanonicalIPv4(peerAddress);
        IPAddress peer = canonical && trustedProxies.isEmpty() ? null : Addresses.parse(peerAddress);
        String address = canonical ? peerAddress : peer == null ? "unknown" : peer.toCanonicalString();
        boolean trusted = peer != null && trustedProxies.contain(peer);
        return new ClientConnection(address, trusted, secure, localPort, serverName, certificate);
    }

    /** What begins with a TLS connection whose hello was read, or null if it is to be served here. */
    public @Nullable Passthrough passthrough(RouteTable table, ClientConnection connection) {
        String name = connection.serverName();
        String host = name == null ? null : Authority.matchedHost(name);
        Route route = host == null ? null : table.passthrough(host);
        return route == null ? null : new Passthrough(this, route, connection);
    }

    /** An exchange that stays on {@code table} whatever happens to the gateway. */
    public Exchange open(RouteTable table, ClientConnection connection, RequestHead request) {
        return new Exchange(this, table, connection, request);
    }

    Settings settings() {
        return settings;
    }

    RandomGenerator random() {
        return random;
    }

    /** Tells the listener; its mistake must not become a transport's: the exchange is closed all the same. */
    void closed(Exchange exchange, Outcome outcome) {
        try {
            listener.closed(exchange, outcome);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A listener failed on a closed exchange", e);
        }
    }

    /** Tells the listener, as {@link #closed}. */
    void passed(PassedConnection connection) {
        try {
            listener.passed(connection);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A listener failed on a connection that was passed through", e);
        }
    }

    /** What a failed attempt says about its endpoint. Tells the listener whom nobody trusts. */
    LeaseOutcome failed(Exchange exchange, UpstreamFailure failure, Lease attempt) {
        if (failure.kind() == UpstreamFailure.Kind.UNTRUSTED) {
            try {
                listener.distrusted(exchange, attempt.endpoint(), failure.detail());
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "A listener failed on an endpoint that is not trusted", e);
            }
        }
        return failure.outcome();
    }

    Addresses trustedProxies() {
        return trustedProxies;
    }

    /** The date and time. */
    Instant now() {
        return clock.instant();
    }

    long nanos() {
        return nanoTime.getAsLong();
    }
}
