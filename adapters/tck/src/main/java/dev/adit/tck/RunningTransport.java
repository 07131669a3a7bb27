package dev.adit.tck;

import java.util.Objects;

/**
 * A transport that listens on loopback.
 *
 * @param httpPort where it serves plain HTTP
 * @param httpsPort where it serves HTTPS, or -1 if it lacks {@link Capability#TLS}
 * @param stop closes it: when that returns, no socket and no thread of it is left
 */
public record RunningTransport(int httpPort, int httpsPort, AutoCloseable stop) implements AutoCloseable {
    public RunningTransport {
        Objects.requireNonNull(stop);
    }

    @Override
    public void close() throws Exception {
        stop.close();
    }
}
