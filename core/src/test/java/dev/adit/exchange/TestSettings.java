package dev.adit.exchange;

import dev.adit.policy.Settings;
import java.util.List;

/** The default settings but for what a test is about. */
final class TestSettings {
    private TestSettings() {}

    static Settings trusting(String... proxies) {
        return of(Settings.Profile.STRICT, List.of(proxies), Settings.PathMode.STRICT, false);
    }

    static Settings ingressNginx() {
        return of(Settings.Profile.INGRESS_NGINX, List.of(), Settings.PathMode.STRICT, false);
    }

    static Settings paths(Settings.PathMode mode) {
        return of(Settings.Profile.STRICT, List.of(), mode, false);
    }

    static Settings misdirectedRequests() {
        return of(Settings.Profile.STRICT, List.of(), Settings.PathMode.STRICT, true);
    }

    private static Settings of(
            Settings.Profile profile, List<String> proxies, Settings.PathMode pathMode, boolean misdirectedRequests) {
        Settings d = Settings.DEFAULT;
        return new Settings(
                profile,
                d.controllers(),
                d.classAnnotation(),
                d.withoutClass(),
                d.externalNames(),
                d.sslRedirect(),
                d.forceSslRedirect(),
                d.httpRedirectCode(),
                d.defaultBackendService(),
                d.defaultSslCertificate(),
                proxies,
                pathMode,
                d.firstNamespaceOwnsHost(),
                misdirectedRequests,
                Settings.DEFAULT.hsts(),
                Settings.DEFAULT.tls(),
                d.sslPassthrough(),
                d.bodyLimit(),
                d.timeouts(),
                d.retry(),
                d.maxRoutes(),
                d.resilience());
    }
}
