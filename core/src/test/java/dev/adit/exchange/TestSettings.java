package dev.adit.exchange;

import dev.adit.policy.Settings;
import java.util.List;

/** The default settings but for what a test is about. */
final class TestSettings {
    private TestSettings() {}

    static Settings trusting(String... proxies) {
        return of(Settings.Profile.STRICT, List.of(proxies));
    }

    static Settings of(Settings.Profile profile, List<String> proxies) {
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
                d.pathMode(),
                d.firstNamespaceOwnsHost(),
                d.misdirectedRequests(),
                d.timeouts(),
                d.retry(),
                d.maxRoutes());
    }
}
