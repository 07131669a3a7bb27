package dev.adit.balancer;

import java.util.Objects;

/**
 * One network address that serves a pool.
 *
 * @param host IP address literal without brackets, or a DNS name
 * @param port 1 to 65535
 * @param uid identity of what is behind the address (a pod's uid), or empty if unknown: an address that is reused by
 *     another pod is another endpoint
 */
public record Endpoint(String host, int port, String uid) {
    public Endpoint {
        Objects.requireNonNull(host);
        Objects.requireNonNull(uid);
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("not an endpoint: " + host + ":" + port);
        }
    }

    /** An endpoint of unknown identity. */
    public static Endpoint of(String host, int port) {
        return new Endpoint(host, port, "");
    }

    /** {@code host:port}, with brackets around an IPv6 literal. */
    public String authority() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    @Override
    public String toString() {
        return authority();
    }
}
