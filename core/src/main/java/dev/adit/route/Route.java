package dev.adit.route;

import dev.adit.policy.Canary;
import dev.adit.policy.HttpsRedirect;
import dev.adit.policy.Redirect;
import dev.adit.policy.Retry;
import dev.adit.policy.Rewrite;
import dev.adit.policy.Timeouts;
import org.jspecify.annotations.Nullable;

/**
 * What one rule compiled to. Immutable; the pools inside the backends change their endpoints.
 *
 * @param ingress {@code namespace/name} of the Ingress that owns the rule
 * @param rule what the manifest says, or null for a default backend
 * @param backend where requests go
 * @param canary a second backend that takes some of the requests, or null
 * @param redirect answer with this instead of forwarding, or null
 * @param httpsRedirect what to do with plain HTTP, or null to serve it
 * @param rewrite how to change the path, or null
 * @param timeouts how long the upstream may take
 * @param retry when to try again
 */
public record Route(
        String ingress,
        @Nullable Rule rule,
        Backend backend,
        @Nullable CanaryBackend canary,
        @Nullable Redirect redirect,
        @Nullable HttpsRedirect httpsRedirect,
        @Nullable Rewrite rewrite,
        Timeouts timeouts,
        Retry retry) {

    /**
     * What the manifest says.
     *
     * @param host the rule's host; empty if it names none
     * @param path as written
     * @param pathType as written
     */
    public record Rule(String host, String path, String pathType) {}

    /** A second backend and when it is chosen. */
    public record CanaryBackend(String ingress, Canary when, Backend backend) {}
}
