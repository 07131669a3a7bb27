package dev.adit.exchange;

import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.policy.Retry;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One client's TLS connection that is passed through, from its hello to its end: which endpoint gets it. Does no I/O: a
 * transport connects, moves the bytes and reports. It must be closed. Confined to one thread at a time, but for {@link
 * #close}.
 *
 * <pre>
 *   CONNECTING --connected--> CONNECTED     a lease is open in both
 *     ^   |  connectFailed
 *     +---+--> FAILED                       nobody is left to try: close the client's connection
 *
 *   close, from any state and any thread: the lease is released and listeners are told, once
 * </pre>
 */
public final class Passthrough {
    private final ExchangeFactory factory;
    private final ClientConnection client;
    private final Route route;
    private final Key key;
    private final long begun;
    private int attempts;
    private boolean connected;
    private boolean closed;
    private @Nullable Lease lease;
    private @Nullable Endpoint last;

    /** What begins with a connection of {@code client} to a host of {@code route}. */
    Passthrough(ExchangeFactory factory, Route route, ClientConnection client) {
        this.factory = factory;
        this.client = client;
        this.route = route;
        key = new Key(PickKey.hashOf(client.address()));
        begun = factory.nanos();
        lease = next();
    }

    /**
     * For transports that cannot do it, when they start: says so in their log if Ingresses may ask for it. The hosts of those
     * that do have no certificate, so that their TLS is not ended by mistake.
     */
    public static void warnIfAllowed(Settings settings, System.Logger log) {
        if (settings.sslPassthrough()) {
            log.log(
                    System.Logger.Level.WARNING,
                    "enable-ssl-passthrough is set, but TLS cannot be passed through here: hosts of Ingresses with"
                            + " ssl-passthrough are not served over TLS");
        }
    }

    /** The route that asks for it. */
    public Route route() {
        return route;
    }

    /** The endpoint to connect to, or that is connected; null if there is none, or none left, and once this is closed. */
    public synchronized @Nullable Endpoint endpoint() {
        return lease == null ? null : lease.endpoint();
    }

    /** How long to wait for the connection, names included. */
    public Duration connectTimeout() {
        return route.policies().timeouts().connect();
    }

    /** The permit of a connection to {@code endpoint}, as {@link UpstreamRequest#permit}; never shared. */
    public ConnectionPermit permit(Endpoint endpoint, Object owner) {
        Pool pool = route.backend().pool();
        return pool == null ? ConnectionPermit.uncounted() : pool.permit(endpoint, owner, false);
    }

    /** The endpoint has taken the connection. */
    public synchronized void connected() {
        connected = true;
        if (lease != null) {
            lease.answered();
        }
    }

    /**
     * The endpoint could not be connected to.
     *
     * @param kind why
     * @return the one to try next, or null
     */
    public synchronized @Nullable Endpoint connectFailed(UpstreamFailure.Kind kind) {
        Lease failed = lease;
        if (failed == null) {
            return null; // closed meanwhile
        }
        if (connected) {
            throw new IllegalStateException("it is connected");
        }
        Retry retry = route.policies().retry();
        key.add(failed.endpoint());
        lease = attempts < retry.tries() && !retry.on().isEmpty() ? next() : null;
        failed.close(new UpstreamFailure(kind, false, false, true, "")
                .outcome()); // Only now, as it is not to be chosen again.
        return endpoint();
    }

    /**
     * Nothing moves any more; every call but the first does nothing.
     *
     * @param clientBytes how many bytes came from the client, as in {@link PassedConnection}
     * @param upstreamBytes how many came from the endpoint
     */
    public void close(PassedConnection.End end, long clientBytes, long upstreamBytes) {
        PassedConnection passed;
        synchronized (this) {
            if (closed) {
                return;
            }
            Duration time = Duration.ofNanos(factory.nanos() - begun);
            passed = new PassedConnection(client, route, last, time, clientBytes, upstreamBytes, end);
            closed = true;
            Lease open = lease;
            lease = null;
            if (open != null) {
                open.close(connected ? LeaseOutcome.ANSWERED : LeaseOutcome.ABANDONED);
            }
        }
        factory.passed(passed);
    }

    /** Not counted as a retry: such a connection may last for hours, and would spend the pool's budget all that time. */
    private @Nullable Lease next() {
        attempts++;
        Pool pool = route.backend().pool();
        Lease next = pool == null || closed ? null : pool.lease(key);
        last = next == null ? last : next.endpoint();
        return next;
    }

    /** Nothing but the client's address is known. */
    private static final class Key extends Tried {
        private final long hash;

        Key(long hash) {
            this.hash = hash;
        }

        @Override
        public long hash() {
            return hash;
        }
    }
}
