package dev.adit.route;

import dev.adit.balancer.Pool;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a route.
 *
 * @param namespace namespace of the Service
 * @param service name of the Service
 * @param port number of the Service port, or its name if no such port exists
 * @param protocol what the endpoints speak
 * @param pool the endpoints, or null if the Service or its port does not exist
 * @param missing why {@code pool} is null; empty otherwise
 * @param missingStatus what to answer if {@code pool} is null: 503, or 404 where nothing was named at all
 * @param fallback used when this backend has no usable endpoint, or null
 */
public record Backend(
        String namespace,
        String service,
        String port,
        Protocol protocol,
        @Nullable Pool pool,
        String missing,
        int missingStatus,
        @Nullable Backend fallback) {
    /** A backend that nothing stands behind: of a route that only redirects, or whose reference nobody can serve. */
    public static Backend none(String missing, int missingStatus) {
        return new Backend("", "", "", Protocol.HTTP, null, missing, missingStatus, null);
    }

    /** This one without endpoints, and without anybody who replaces it: 503, because of {@code why}. */
    public Backend closed(String why) {
        return new Backend(namespace, service, port, protocol, null, why, 503, null);
    }

    /** {@code namespace/service:port}. */
    public String id() {
        return namespace + "/" + service + ":" + port;
    }
}
