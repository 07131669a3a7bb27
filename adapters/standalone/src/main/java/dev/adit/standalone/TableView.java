package dev.adit.standalone;

import dev.adit.balancer.Endpoint;
import dev.adit.policy.Canary;
import dev.adit.policy.ClientAuth;
import dev.adit.policy.HttpsRedirect;
import dev.adit.policy.Redirect;
import dev.adit.policy.Rewrite;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
import dev.adit.route.RouteTable;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.ClientTls;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A route table as {@code /routes} shows it: what can be shown to anyone who may ask. Never holds a key. */
record TableView(
        List<RouteView> routes,
        @Nullable RouteView defaultRoute,
        List<CertificateView> certificates,
        @Nullable String defaultCertificate,
        List<ClientAuthView> clientAuth) {

    record RouteView(
            String host,
            @Nullable String path,
            @Nullable String pathType,
            String ingress,
            BackendView backend,
            @Nullable CanaryView canary,
            @Nullable RedirectView redirect,
            @Nullable Integer httpsRedirect,
            @Nullable String rewrite,
            @Nullable Boolean passthrough) {
        static RouteView of(Route route) {
            Route.Rule rule = route.rule();
            RoutePolicies policies = route.policies();
            Route.CanaryBackend canary = policies.canary();
            Redirect redirect = policies.redirect();
            HttpsRedirect https = policies.httpsRedirect();
            Rewrite rewrite = policies.rewrite();
            return new RouteView(
                    rule == null ? "" : rule.host(),
                    rule == null ? null : rule.path(),
                    rule == null ? null : rule.pathType(),
                    route.ingress(),
                    BackendView.of(route.backend()),
                    canary == null ? null : CanaryView.of(canary),
                    redirect == null ? null : RedirectView.of(redirect),
                    https == null ? null : https.status(),
                    rewrite == null ? null : rewrite.target(),
                    policies.passthrough() ? true : null);
        }
    }

    record BackendView(
            String service,
            String protocol,
            @Nullable UpstreamTlsView tls,
            List<String> endpoints,
            @Nullable String missing,
            @Nullable BackendView fallback) {
        static BackendView of(Backend backend) {
            Backend fallback = backend.fallback();
            // Nothing is spoken to a backend that is closed, so that nothing is said about how.
            ClientTls tls = backend.pool() == null ? null : backend.protocol().tls();
            return new BackendView(
                    backend.id(),
                    backend.protocol().id(),
                    tls == null ? null : UpstreamTlsView.of(tls),
                    backend.pool() == null
                            ? List.of()
                            : backend.pool().endpoints().stream()
                                    .map(Endpoint::authority)
                                    .toList(),
                    backend.missing().isEmpty() ? null : backend.missing(),
                    fallback == null ? null : of(fallback));
        }
    }

    /**
     * How TLS is spoken to endpoints.
     *
     * @param authority the Secret that says whom to trust
     * @param name what their certificates must be for; left out for their own name
     * @param serverName what is sent; empty for nothing, left out for their own name
     * @param certificate the Secret whose certificate they are shown
     */
    record UpstreamTlsView(
            boolean verify,
            @Nullable String authority,
            @Nullable String name,
            @Nullable String serverName,
            List<String> protocols,
            @Nullable String certificate) {
        static UpstreamTlsView of(ClientTls tls) {
            Identity identity = tls.identity();
            return new UpstreamTlsView(
                    tls.verifies(),
                    tls.verifies() ? orNull(tls.label()) : null,
                    tls.verifies() ? tls.name() : null,
                    tls.serverName(),
                    tls.protocols(),
                    identity == null ? null : identity.label());
        }
    }

    record CanaryView(
            String ingress,
            BackendView backend,
            @Nullable String header,
            @Nullable String headerValue,
            @Nullable String cookie,
            int weight,
            int total) {
        static CanaryView of(Route.CanaryBackend canary) {
            Canary when = canary.when();
            return new CanaryView(
                    canary.ingress(),
                    BackendView.of(canary.backend()),
                    orNull(when.header()),
                    orNull(when.headerValue()),
                    orNull(when.cookie()),
                    when.weight(),
                    when.total());
        }
    }

    record RedirectView(int status, String target) {
        static RedirectView of(Redirect redirect) {
            return new RedirectView(redirect.status(), target(redirect.target()));
        }

        /** As a reference: another host starts with two slashes, another path with one. */
        private static String target(Redirect.Target target) {
            if (target instanceof Redirect.Host other) {
                return "//" + other.host();
            }
            return target instanceof Redirect.Path other ? other.path() : ((Redirect.Location) target).value();
        }
    }

    record CertificateView(String name, List<String> dnsNames, String notAfter, String fingerprint) {
        static CertificateView of(Identity identity) {
            Instant end = identity.chain().get(0).getNotAfter().toInstant();
            return new CertificateView(identity.label(), identity.dnsNames(), end.toString(), identity.fingerprint());
        }
    }

    /** What clients of a host must show, and whose word counts, or why nobody's does. */
    record ClientAuthView(
            String host,
            String mode,
            @Nullable String authority,
            @Nullable String denied) {
        static ClientAuthView of(String host, ClientAuth policy) {
            ClientAuthority authority = policy.authority();
            return new ClientAuthView(
                    host,
                    policy.mode().name().toLowerCase(Locale.ROOT),
                    authority == null ? null : authority.label(),
                    orNull(policy.denied()));
        }
    }

    static TableView of(RouteTable table) {
        Route byDefault = table.defaultRoute();
        Identity identity = table.certificates().defaultIdentity();
        return new TableView(
                table.routes().stream().map(RouteView::of).toList(),
                byDefault == null ? null : RouteView.of(byDefault),
                table.certificates().identities().stream()
                        .map(CertificateView::of)
                        .sorted(Comparator.comparing(CertificateView::name))
                        .toList(),
                identity == null ? null : identity.label(),
                table.clientAuth().entrySet().stream()
                        .map(entry -> ClientAuthView.of(entry.getKey(), entry.getValue()))
                        .sorted(Comparator.comparing(ClientAuthView::host))
                        .toList());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
