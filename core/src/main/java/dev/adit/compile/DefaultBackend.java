package dev.adit.compile;

import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Service;
import dev.adit.policy.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The Service that a setting names for what nobody else serves: {@code namespace/name}, perhaps with {@code :port}.
 *
 * @param port name or number; empty for the first
 */
record DefaultBackend(String namespace, String name, String port) {
    /** What the settings name, or null. */
    static @Nullable DefaultBackend of(Settings settings) {
        String path = settings.defaultBackendService();
        if (path.isEmpty()) {
            return null;
        }
        int slash = path.indexOf('/');
        int colon = path.indexOf(':', slash + 1);
        return new DefaultBackend(
                path.substring(0, Math.max(0, slash)),
                path.substring(slash + 1, colon < 0 ? path.length() : colon),
                colon < 0 ? "" : path.substring(colon + 1));
    }

    ObjectKey key() {
        return Backends.key(namespace, name);
    }

    /** Its port of {@code service}, or null if there is none. */
    Service.@Nullable Port portOf(Service service) {
        for (Service.Port p : service.ports()) {
            boolean same = port.isEmpty() || port.equals(p.name()) || port.equals(Integer.toString(p.port()));
            if (same && p.protocol().equals("TCP")) {
                return p;
            }
        }
        return null;
    }
}
