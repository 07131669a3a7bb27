package dev.adit;

import dev.adit.balancer.Balancer;
import dev.adit.balancer.BalancerListener;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.PoolSettings;
import dev.adit.balancer.SessionTokens;
import dev.adit.compile.Compiler;
import dev.adit.compile.Pools;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.ExchangeFactory;
import dev.adit.exchange.ExchangeListener;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.PassedConnection;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.Probes;
import dev.adit.exchange.RequestHead;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import dev.adit.tls.ClientChain;
import dev.adit.tls.Identity;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The gateway: compiles resource sets into a route table and opens exchanges on it. It does no I/O and starts no thread; a
 * transport brings both. Safe for any number of threads: updates take turns behind a lock, requests read one volatile.
 *
 * <pre>{@code
 * Gateway gateway = Gateway.builder()
 *         .resources(ManifestReader.strict().read(List.of(Path.of("manifests"))).resourceSet())
 *         .build();
 * }</pre>
 */
public final class Gateway {
    private final Settings settings;
    private final List<GatewayListener> listeners;
    private final Balancer balancer;
    private final Probes probes;
    private final Compiler compiler;
    private final ExchangeFactory exchanges;
    private final InstantSource clock;
    /** What the compilation was made of; guarded by the compiler's lock. */
    private ResourceSet resources = ResourceSet.EMPTY;

    private volatile Compilation compilation = new Compilation(RouteTable.EMPTY, List.of(), List.of(), Instant.MAX);

    private Gateway(Builder builder) {
        settings = builder.settings;
        clock = builder.clock;
        listeners = List.copyOf(builder.listeners);
        balancer = new Balancer(builder.nanoTime, builder.random, builder.endpointListener);
        probes = new Probes(balancer.healthChecks());
        compiler = new Compiler(
                settings,
                builder.routes,
                new Pools(balancer, new SessionTokens(builder.sessionKey()), settings.resilience(), builder.pools),
                builder.defaultIdentity,
                builder.clock);
        exchanges = new ExchangeFactory(settings, builder.random, builder.nanoTime, builder.clock, new Listening());
        update(builder.resources);
    }

    /** A builder with default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Compiles {@code resources} and serves new requests from the result. Requests under way stay on their table. Never
     * throws for what the resources hold: see {@link Compilation#diagnostics()}.
     *
     * <p>Only what differs from the last time is compiled. If {@code resources} were made of the last ones by
     * {@link ResourceSet#with} and {@link ResourceSet#without}, the time grows with the changed objects and the hosts they
     * name, now or before, not with the number of objects; else every object is compared with what it was. Changed TLS
     * sections and TLS Secrets cost as much as there are TLS sections; a table with more rules than it may hold, or another
     * Service of the default backend, costs a compilation of everything. Where only EndpointSlices differ, the table stays and its pools
     * get their endpoints.
     */
    public Compilation update(ResourceSet resources) {
        Compilation made;
        synchronized (compiler) {
            Compiler.Result result = compiler.compile(resources);
            made = new Compilation(result.table(), result.diagnostics(), result.served(), result.until());
            compilation = made;
            this.resources = resources;
            for (GatewayListener listener : listeners) {
                listener.updated(made);
            }
        }
        return made;
    }

    /**
     * Follows the time: call it when the last compilation's {@link Compilation#until() time is up}. Certificates that have ended, begun or
     * come near their end since are judged again, and what was renewed but not valid yet takes its place. Only TLS sections and
     * certificates are looked at. Any update does the same on its way, and whoever calls too early gets the last compilation.
     *
     * <p>A gateway has no thread of its own; one timer does for any number of them. As clocks may be set, do not sleep for longer than an hour.
     * Waits for an update that is under way: not for event loops.
     */
    public Compilation recheck() {
        synchronized (compiler) {
            return clock.instant().isBefore(compilation.until()) ? compilation : update(resources);
        }
    }

    /** The result of the last update. */
    public Compilation compilation() {
        return compilation;
    }

    /** The table as of now. */
    public RouteTable table() {
        return compilation.table();
    }

    /** The settings. */
    public Settings settings() {
        return settings;
    }

    /** What is known about endpoints: for reports and tests. */
    public Balancer balancer() {
        return balancer;
    }

    /** What health checks need of transports: each tells when it starts and when it stops. */
    public Probes probes() {
        return probes;
    }

    /**
     * Describes a client's connection that has shown no certificate; make it once per connection.
     *
     * @param peerAddress the peer's IP address as text
     * @param secure whether the connection is TLS
     * @param localPort the port the client connected to
     * @param serverName the server name of the TLS hello, or null
     */
    public ClientConnection connection(String peerAddress, boolean secure, int localPort, @Nullable String serverName) {
        return exchanges.connection(peerAddress, secure, localPort, serverName);
    }

    /**
     * Begins to pass through a client's TLS connection, where the name in its hello asks for a host that says so. The result
     * must be closed. Ask only where {@link Settings#sslPassthrough} is set: a transport that does not ask refuses such hosts,
     * because the table has no certificate for them.
     *
     * @param connection with the server name as it was sent
     * @return null if the connection's TLS ends here
     */
    public @Nullable Passthrough passthrough(ClientConnection connection) {
        return exchanges.passthrough(compilation.table(), connection);
    }

    /**
     * Describes a client's connection, after its TLS handshake if there is one; make it once per connection.
     *
     * @param peerAddress the peer's IP address as text
     * @param localPort the port the client connected to
     * @param tls what was agreed on in the handshake, or null for clear text: the server name, and what the client showed
     */
    public ClientConnection connection(String peerAddress, int localPort, @Nullable SSLSession tls) {
        return exchanges.connection(peerAddress, localPort, tls);
    }

    /**
     * Describes a client's TLS connection, for engines that are not the Java platform's; make it once per connection.
     *
     * @param peerAddress the peer's IP address as text
     * @param localPort the port the client connected to
     * @param serverName the server name of the TLS hello, or null
     * @param shown what the client showed in the handshake, and proved to have the key of
     */
    public ClientConnection connection(
            String peerAddress, int localPort, @Nullable String serverName, ClientChain shown) {
        return exchanges.connection(peerAddress, localPort, serverName, shown);
    }

    /** Opens an exchange on the table as of now. It must be closed. */
    public Exchange open(ClientConnection connection, RequestHead request) {
        Exchange exchange = exchanges.open(compilation.table(), connection, request);
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).opened(exchange);
        }
        return exchange;
    }

    /** Passes on to all listeners what exchanges have to tell. */
    private final class Listening implements ExchangeListener {
        @Override
        public void closed(Exchange exchange, Outcome outcome) {
            for (GatewayListener listener : listeners) {
                listener.closed(exchange, outcome);
            }
        }

        @Override
        public void passed(PassedConnection connection) {
            for (GatewayListener listener : listeners) {
                listener.passed(connection);
            }
        }

        @Override
        public void distrusted(Exchange exchange, Endpoint endpoint, String why) {
            for (GatewayListener listener : listeners) {
                listener.distrusted(exchange, endpoint, why);
            }
        }
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private final List<GatewayListener> listeners = new ArrayList<>();
        private Settings settings = Settings.DEFAULT;
        private UnaryOperator<Route> routes = UnaryOperator.identity();
        private @Nullable Identity defaultIdentity;
        private UnaryOperator<PoolSettings> pools = UnaryOperator.identity();
        private BalancerListener endpointListener = BalancerListener.NONE;
        private byte @Nullable [] sessionKey;
        private RandomGenerator random = new ThreadRandom();
        private LongSupplier nanoTime = System::nanoTime;
        private InstantSource clock = InstantSource.system();
        private ResourceSet resources = ResourceSet.EMPTY;

        private Builder() {}

        /** Default: {@link Settings#DEFAULT}. */
        public Builder settings(Settings value) {
            settings = Objects.requireNonNull(value);
            return this;
        }

        /** Hears of updates and closed exchanges. May be called several times. */
        public Builder listener(GatewayListener listener) {
            listeners.add(Objects.requireNonNull(listener));
            return this;
        }

        /**
         * Has the last word on the routes that rules and default backends compile to: for policies that no annotation sets.
         * Called at every compilation, once for each name of a rule's host; must neither block nor throw. Default: they
         * stay as they are.
         */
        public Builder routes(UnaryOperator<Route> value) {
            routes = Objects.requireNonNull(value);
            return this;
        }

        /**
         * What TLS clients get for names without a certificate, unless the settings name a Secret for that. Default: none;
         * their handshakes fail.
         */
        public Builder defaultIdentity(Identity identity) {
            defaultIdentity = Objects.requireNonNull(identity);
            return this;
        }

        /**
         * Has the last word on what pools do besides choosing: health checks, outlier detection, limits, slow start, zones,
         * retry budgets.
         * Called whenever a pool is made; must neither block nor throw, and must leave the policy. Default: none of it.
         */
        public Builder pools(UnaryOperator<PoolSettings> value) {
            pools = Objects.requireNonNull(value);
            return this;
        }

        /** Hears what happens to endpoints. Default: nobody. */
        public Builder endpointListener(BalancerListener value) {
            endpointListener = Objects.requireNonNull(value);
            return this;
        }

        /**
         * The key of the cookies of sticky sessions, {@value SessionTokens#KEY_OCTETS} octets that nobody can guess. With
         * the same key they are good after a restart and at every replica. Default: a random one, good for this gateway.
         */
        public Builder sessionKey(byte[] key) {
            sessionKey = key.clone();
            return this;
        }

        private byte[] sessionKey() {
            if (sessionKey != null) {
                return sessionKey;
            }
            byte[] key = new byte[SessionTokens.KEY_OCTETS];
            new SecureRandom().nextBytes(key);
            return key;
        }

        /** For balancing, canary weights and request ids; must be safe for any number of threads. Default: one per thread. */
        public Builder random(RandomGenerator value) {
            random = Objects.requireNonNull(value);
            return this;
        }

        /** A monotonic clock, in nanoseconds. Default: {@link System#nanoTime()}. */
        public Builder nanoTime(LongSupplier value) {
            nanoTime = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Tells, whenever resources are compiled or {@link Gateway#recheck rechecked}, which certificates are valid; and what the dates of cookies are reckoned
         * from. Default: the system's clock.
         */
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value);
            return this;
        }

        /** The first resources. Default: none, every request gets 404. */
        public Builder resources(ResourceSet value) {
            resources = Objects.requireNonNull(value);
            return this;
        }

        /** The gateway, serving the first resources. */
        public Gateway build() {
            return new Gateway(this);
        }
    }

    /** The random generator of whichever thread asks. */
    private static final class ThreadRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
