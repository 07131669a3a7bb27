package dev.adit.route;

import dev.adit.matcher.RouteMatcher;
import dev.adit.policy.ClientAuth;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a gateway knows at one moment. Deeply immutable but for the endpoints inside the pools.
 *
 * @param matcher host and path to route
 * @param routes every route, ordered by host, within a host the oldest Ingress first
 * @param defaultRoute serves what no host group serves, or null for 404
 * @param certificates server name to certificate
 * @param clientAuth what clients must show, by the host pattern of the {@code matcher} that serves them
 */
public record RouteTable(
        RouteMatcher<Route> matcher,
        List<Route> routes,
        @Nullable Route defaultRoute,
        CertificateTable certificates,
        Map<String, ClientAuth> clientAuth) {
    public RouteTable {
        clientAuth = Map.copyOf(clientAuth);
    }

    /** No routes and no certificates. */
    public static final RouteTable EMPTY =
            new RouteTable(RouteMatcher.<Route>builder().build(), List.of(), null, CertificateTable.EMPTY, Map.of());

    /**
     * What the clients of a host must show, or null if nothing: decided by the very group of rules that serves the host, with or without a
     * route for a path.
     *
     * @param host normalised; empty if the request names none
     */
    public @Nullable ClientAuth clientAuth(String host) {
        if (clientAuth.isEmpty()) {
            return null;
        }
        String pattern = matcher.hostPattern(host);
        return pattern == null ? null : clientAuth.get(pattern);
    }

    /**
     * Whether a client that named {@code serverName} when it opened its TLS connection asks there for a host that another
     * certificate serves: what 421 of RFC 9110 section 15.5.20 is for.
     *
     * @param serverName null if it named none
     * @param host normalised; empty if the request names none
     */
    public boolean misdirected(@Nullable String serverName, String host) {
        return !fingerprint(serverName).equals(fingerprint(host));
    }

    /** The route of a host whose TLS is passed through, or null if that of {@code host}, normalised, is not. */
    public @Nullable Route passthrough(String host) {
        return passthrough(matcher, host);
    }

    /** The same of a matcher. */
    public static @Nullable Route passthrough(RouteMatcher<Route> matcher, String host) {
        Route route = matcher.find(host, "/");
        return route != null && route.policies().passthrough() ? route : null;
    }

    private String fingerprint(@Nullable String name) {
        Identity identity = certificates.find(name);
        return identity == null ? "" : identity.fingerprint();
    }
}
