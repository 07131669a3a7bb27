package dev.adit.policy;

import dev.adit.tls.TlsPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the operator decides for the whole gateway; named, where it has one, like ingress-nginx's setting.
 *
 * @param profile which behaviour annotations and limits follow
 * @param controllers the {@code IngressClass.spec.controller} values that are ours
 * @param classAnnotation the legacy {@code kubernetes.io/ingress.class} value that is ours
 * @param withoutClass whether Ingresses without a class, where no class is default, are served
 * @param externalNames whether Services of type ExternalName are used
 * @param sslRedirect whether hosts with a certificate redirect plain HTTP
 * @param forceSslRedirect whether every host does
 * @param httpRedirectCode status of those redirects
 * @param defaultBackendService {@code namespace/name[:port]} of what serves unmatched requests, or empty
 * @param defaultSslCertificate {@code namespace/name} of the Secret for names without a certificate, or empty
 * @param trustedProxies addresses and CIDR blocks of peers whose X-Forwarded-* are believed
 * @param pathMode how request paths are normalised
 * @param firstNamespaceOwnsHost whether a host belongs to the namespace that named it first
 * @param misdirectedRequests whether a request whose Host belongs to another certificate than its server name gets 421
 * @param hsts what tells browsers to come back over TLS, for hosts with a certificate
 * @param tls which protocol versions and cipher suites clients may use
 * @param sslPassthrough whether Ingresses may have the TLS of their hosts passed through
 * @param bodyLimit how long the bodies of requests may be
 * @param timeouts how long upstreams may take
 * @param retry when attempts are repeated
 * @param maxRoutes most routes of one table
 * @param resilience what pools do to stay well, unless an Ingress says otherwise
 */
public record Settings(
        Profile profile,
        Set<String> controllers,
        String classAnnotation,
        boolean withoutClass,
        boolean externalNames,
        boolean sslRedirect,
        boolean forceSslRedirect,
        int httpRedirectCode,
        String defaultBackendService,
        String defaultSslCertificate,
        List<String> trustedProxies,
        PathMode pathMode,
        boolean firstNamespaceOwnsHost,
        boolean misdirectedRequests,
        Hsts hsts,
        TlsPolicy tls,
        boolean sslPassthrough,
        BodyLimit bodyLimit,
        Timeouts timeouts,
        Retry retry,
        int maxRoutes,
        Resilience resilience) {

    /** Which behaviour annotations follow where Kubernetes and ingress-nginx differ. */
    public enum Profile {
        /** Kubernetes semantics. */
        STRICT,
        /** ingress-nginx as it was, quirks included. */
        INGRESS_NGINX
    }

    /** How request paths are normalised before matching. What is matched is what is forwarded. */
    public enum PathMode {
        /** Decode what is unreserved, merge slashes, remove dot segments; refuse what has two readings. */
        STRICT,
        /** Refuse what {@link #STRICT} would have to change. */
        REJECT,
        /** Change nothing. For benchmarks. */
        RAW
    }

    /** Kubernetes semantics, nobody trusted, ExternalName off. */
    public static final Settings DEFAULT = new Settings(
            Profile.STRICT,
            Set.of("adit.dev/ingress-controller"),
            "adit",
            true,
            false,
            true,
            false,
            308,
            "",
            "",
            List.of(),
            PathMode.STRICT,
            false,
            false,
            Hsts.OFF,
            TlsPolicy.INTERMEDIATE,
            false,
            BodyLimit.NONE,
            Timeouts.DEFAULT,
            Retry.DEFAULT,
            100_000,
            Resilience.NONE);

    /**
     * These settings changed by options that are named like ingress-nginx's ConfigMap keys and flags, or like our own
     * annotations: {@code health-check} and so on.
     *
     * @throws IllegalArgumentException for an unknown option or a value that cannot be used; the message names it
     */
    public Settings with(Map<String, String> options) {
        return SettingsOptions.apply(this, options);
    }

    /** These settings for another profile, with its limit of bodies and its Strict-Transport-Security. */
    public Settings withProfile(Profile other) {
        SettingsOptions o = new SettingsOptions(this);
        o.profile = other;
        o.bodyLimit = other == Profile.INGRESS_NGINX ? BodyLimit.INGRESS_NGINX : BodyLimit.NONE;
        o.hsts = o.hsts.withOn(other == Profile.INGRESS_NGINX);
        return o.settings();
    }

    /** These settings for the classes of other controllers: values of {@code IngressClass.spec.controller}. */
    public Settings withControllers(Set<String> other) {
        SettingsOptions o = new SettingsOptions(this);
        o.controllers = Set.copyOf(other);
        return o.settings();
    }

    /** These settings for another value of the legacy {@code kubernetes.io/ingress.class} annotation. */
    public Settings withClassAnnotation(String other) {
        SettingsOptions o = new SettingsOptions(this);
        o.classAnnotation = other;
        return o.settings();
    }

    /** These settings with another answer to whether Ingresses without a class are served. */
    public Settings withWithoutClass(boolean served) {
        SettingsOptions o = new SettingsOptions(this);
        o.withoutClass = served;
        return o.settings();
    }
}
