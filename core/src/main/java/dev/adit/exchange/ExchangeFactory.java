package dev.adit.exchange;

import dev.adit.policy.Settings;
import dev.adit.route.RouteTable;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes exchanges. Stateless but for what it was given; safe for any number of threads. */
public final class ExchangeFactory {
    /**
     * @param random for canary weights and request ids; must be safe for any number of threads
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    public ExchangeFactory(
            Settings settings, RandomGenerator random, LongSupplier nanoTime, ExchangeListener listener) {
        throw new UnsupportedOperationException();
    }

    /** @param peerAddress the peer's IP address as text, brackets and zone allowed */
    public ClientConnection connection(String peerAddress, boolean secure, int localPort, @Nullable String serverName) {
        throw new UnsupportedOperationException();
    }

    /** An exchange that stays on {@code table} whatever happens to the gateway. */
    public Exchange open(RouteTable table, ClientConnection connection, RequestHead request) {
        throw new UnsupportedOperationException();
    }
}
