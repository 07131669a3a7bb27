package dev.adit.route;

import dev.adit.matcher.RouteMatcher;
import dev.adit.tls.CertificateTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a gateway knows at one moment. Deeply immutable but for the endpoints inside the pools.
 *
 * @param matcher host and path to route
 * @param routes every route, ordered by host, within a host the oldest Ingress first
 * @param defaultRoute serves what no host group serves, or null for 404
 * @param certificates server name to certificate
 */
public record RouteTable(
        RouteMatcher<Route> matcher,
        List<Route> routes,
        @Nullable Route defaultRoute,
        CertificateTable certificates) {
    /** No routes and no certificates. */
    public static final RouteTable EMPTY =
            new RouteTable(RouteMatcher.<Route>builder().build(), List.of(), null, CertificateTable.EMPTY);
}
