package dev.adit.annotation;

import dev.adit.policy.Balancing;
import dev.adit.policy.BodyLimit;
import dev.adit.policy.Canary;
import dev.adit.policy.Redirect;
import dev.adit.policy.Retry;
import dev.adit.policy.Timeouts;
import dev.adit.tls.TlsPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of one Ingress ask for.
 *
 * @param refused why the whole Ingress must not be served; empty if it may
 * @param denied why its paths must stay closed: a security setting that cannot be honoured; empty if there is none
 * @param canary when requests go to this Ingress's backends instead of the main one's, or null if it is no canary
 * @param useRegex whether its paths are regular expressions
 * @param rewriteTarget replaces the path; empty for none
 * @param redirect answers its paths, or null
 * @param sslRedirect whether plain HTTP is redirected where the host has a certificate
 * @param forceSslRedirect whether it is redirected in any case
 * @param appRoot where the root of its hosts redirects to; empty for none
 * @param serverAliases further names of its hosts
 * @param fromToWww whether the {@code www.} sibling of its hosts redirects
 * @param defaultBackend a Service of the same namespace that replaces one without endpoints; empty for none
 * @param backendProtocol {@code HTTP}, {@code HTTPS}, {@code GRPC} or {@code GRPCS}; empty to let the Service decide
 * @param bodyLimit how long the bodies of requests may be
 * @param timeouts how long upstreams may take
 * @param retry when attempts are repeated
 * @param balancing how requests are spread over endpoints
 * @param tls which cipher suites the clients of its hosts may use, or null if it does not say
 * @param upstreamTls how its endpoints are to be spoken to where they speak TLS, or null if it does not say
 * @param passthrough whether the TLS of its hosts is passed through; nothing but {@code balancing} counts then
 * @param clientAuth what the clients of its hosts must show, or null if it does not say; counts even if the Ingress is refused
 */
public record IngressPolicies(
        String refused,
        String denied,
        @Nullable Canary canary,
        boolean useRegex,
        String rewriteTarget,
        @Nullable Redirect redirect,
        boolean sslRedirect,
        boolean forceSslRedirect,
        String appRoot,
        List<String> serverAliases,
        boolean fromToWww,
        String defaultBackend,
        String backendProtocol,
        BodyLimit bodyLimit,
        Timeouts timeouts,
        Retry retry,
        Balancing balancing,
        @Nullable TlsPolicy tls,
        @Nullable UpstreamTls upstreamTls,
        boolean passthrough,
        @Nullable ClientAuthRequest clientAuth) {}
