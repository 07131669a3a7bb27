package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.route.Route;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection whose TLS was passed through, after its end. Immutable.
 *
 * @param client whose connection it was, and the server name in its hello
 * @param route the route that asked for it
 * @param endpoint the one that had the connection, or the last that could not be connected to; null if there was none
 * @param time from the end of the hello to the end of the connection
 * @param clientBytes how many bytes came from the client, its hello among them, at least 0; none if no endpoint was connected to. What
 *     was on its way when a connection broke may not have arrived
 * @param upstreamBytes how many came from the endpoint, at least 0
 * @param end how it ended
 */
public record PassedConnection(
        ClientConnection client,
        Route route,
        @Nullable Endpoint endpoint,
        Duration time,
        long clientBytes,
        long upstreamBytes,
        End end) {

    /** @throws IllegalArgumentException if a number of bytes is negative */
    public PassedConnection {
        Objects.requireNonNull(client);
        Objects.requireNonNull(route);
        Objects.requireNonNull(time);
        Objects.requireNonNull(end);
        if (clientBytes < 0 || upstreamBytes < 0) {
            throw new IllegalArgumentException("a negative number of bytes");
        }
    }

    /** How a connection ended, or whose end was the first. */
    public enum End {
        /** The client ended its direction, or its connection broke; maybe before there was an endpoint. */
        CLIENT,
        /** The endpoint ended its direction, or its connection broke. */
        UPSTREAM,
        /** Nothing moved for {@link TransportLimits#tunnelIdle}, or nothing of what one of the two was to take. */
        IDLE,
        /** There was no endpoint, or none that could be connected to. */
        NOT_CONNECTED,
        /** The transport was closed. */
        CANCELLED
    }
}
