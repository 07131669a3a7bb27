package dev.adit.policy;

import dev.adit.policy.Settings.PathMode;
import dev.adit.policy.Settings.Profile;
import dev.adit.tls.TlsPolicy;
import inet.ipaddr.IPAddressString;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Settings while options are applied to them: one case per option. */
final class SettingsOptions {
    /** Every option but those of {@link ResilienceOptions}, for messages. */
    static final List<String> KEYS = List.of(
            "default-backend-service",
            "default-ssl-certificate",
            "disable-svc-external-name",
            "enable-ssl-passthrough",
            "force-ssl-redirect",
            "host-ownership",
            "hsts",
            "hsts-include-subdomains",
            "hsts-max-age",
            "hsts-preload",
            "http-redirect-code",
            "max-routes",
            "path-mode",
            "proxy-body-size",
            "proxy-connect-timeout",
            "proxy-next-upstream",
            "proxy-next-upstream-tries",
            "proxy-read-timeout",
            "proxy-real-ip-cidr",
            "proxy-send-timeout",
            "ssl-ciphers",
            "ssl-prefer-server-ciphers",
            "ssl-protocols",
            "ssl-redirect",
            "strict-sni",
            "tls-profile",
            "use-forwarded-headers",
            "watch-ingress-without-class");

    private static final String NAME = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?";

    Profile profile;
    Set<String> controllers;
    String classAnnotation;
    boolean withoutClass;
    BodyLimit bodyLimit;
    Hsts hsts;
    private TlsPolicy tls;
    private boolean sslPassthrough;
    private boolean externalNames;
    private boolean sslRedirect;
    private boolean forceSslRedirect;
    private int httpRedirectCode;
    private String defaultBackendService;
    private String defaultSslCertificate;
    private List<String> trustedProxies;
    private PathMode pathMode;
    private boolean firstNamespaceOwnsHost;
    private boolean misdirectedRequests;
    private Timeouts timeouts;
    private Retry retry;
    private int maxRoutes;
    private Resilience resilience;

    SettingsOptions(Settings s) {
        profile = s.profile();
        controllers = s.controllers();
        classAnnotation = s.classAnnotation();
        withoutClass = s.withoutClass();
        externalNames = s.externalNames();
        sslRedirect = s.sslRedirect();
        forceSslRedirect = s.forceSslRedirect();
        httpRedirectCode = s.httpRedirectCode();
        defaultBackendService = s.defaultBackendService();
        defaultSslCertificate = s.defaultSslCertificate();
        trustedProxies = s.trustedProxies();
        pathMode = s.pathMode();
        firstNamespaceOwnsHost = s.firstNamespaceOwnsHost();
        misdirectedRequests = s.misdirectedRequests();
        hsts = s.hsts();
        tls = s.tls();
        sslPassthrough = s.sslPassthrough();
        bodyLimit = s.bodyLimit();
        timeouts = s.timeouts();
        retry = s.retry();
        maxRoutes = s.maxRoutes();
        resilience = s.resilience();
    }

    Settings settings() {
        return new Settings(
                profile,
                controllers,
                classAnnotation,
                withoutClass,
                externalNames,
                sslRedirect,
                forceSslRedirect,
                httpRedirectCode,
                defaultBackendService,
                defaultSslCertificate,
                trustedProxies,
                pathMode,
                firstNamespaceOwnsHost,
                misdirectedRequests,
                hsts,
                tls,
                sslPassthrough,
                bodyLimit,
                timeouts,
                retry,
                maxRoutes,
                resilience);
    }

    static Settings apply(Settings settings, Map<String, String> options) {
        SettingsOptions o = new SettingsOptions(settings);
        String profile = options.get("tls-profile");
        if (profile != null) { // the others change what it says
            o.tlsProfile(profile.strip());
        }
        Map<String, String> ofPools = new LinkedHashMap<>();
        options.forEach((key, value) -> {
            if (Resilience.isOption(key)) {
                ofPools.put(key, value);
            } else {
                o.set(key, value.strip());
            }
        });
        o.resilience = o.resilience.with(ofPools);
        o.trustedProxies(options);
        return o.settings();
    }

    private void set(String key, String value) {
        switch (key) {
            case "default-backend-service" ->
                defaultBackendService = name(
                        key, value, NAME + "/" + NAME + "(:[-a-z0-9]{1,15})?", "namespace/name or namespace/name:port");
            case "default-ssl-certificate" ->
                defaultSslCertificate = name(key, value, NAME + "/" + NAME, "namespace/name");
            case "disable-svc-external-name" -> externalNames = !bool(key, value);
            case "enable-ssl-passthrough" -> sslPassthrough = bool(key, value);
            case "force-ssl-redirect" -> forceSslRedirect = bool(key, value);
            case "host-ownership" ->
                firstNamespaceOwnsHost =
                        "first-namespace".equals(name(key, value, "first-namespace|none", "first-namespace or none"));
            case "hsts" -> hsts = hsts.withOn(bool(key, value));
            case "hsts-include-subdomains" ->
                hsts = new Hsts(hsts.on(), hsts.maxAge(), bool(key, value), hsts.preload());
            case "hsts-max-age" ->
                hsts = new Hsts(hsts.on(), maxAge(key, value), hsts.includeSubDomains(), hsts.preload());
            case "hsts-preload" ->
                hsts = new Hsts(hsts.on(), hsts.maxAge(), hsts.includeSubDomains(), bool(key, value));
            case "http-redirect-code" ->
                httpRedirectCode =
                        Integer.parseInt(name(key, value, "301|302|303|307|308", "301, 302, 303, 307 or 308"));
            case "max-routes" -> maxRoutes = number(key, value, 1_000_000);
            case "path-mode" ->
                pathMode = PathMode.valueOf(name(key, value, "strict|reject|raw", "strict, reject or raw")
                        .toUpperCase(Locale.ROOT));
            case "proxy-body-size" -> bodyLimit = bodyLimit(key, value);
            case "proxy-connect-timeout" ->
                timeouts = new Timeouts(seconds(key, value), timeouts.read(), timeouts.send());
            case "proxy-read-timeout" ->
                timeouts = new Timeouts(timeouts.connect(), seconds(key, value), timeouts.send());
            case "proxy-send-timeout" ->
                timeouts = new Timeouts(timeouts.connect(), timeouts.read(), seconds(key, value));
            case "proxy-next-upstream" -> retry = nextUpstream(key, value);
            case "proxy-next-upstream-tries" -> retry = retry.withTries(number(key, value, 100));
            case "ssl-ciphers" -> tls = tls(key, value, tls::withCiphers);
            case "ssl-prefer-server-ciphers" -> tls = tls.withServerPreference(bool(key, value));
            case "ssl-protocols" -> tls = tls(key, value, tls::withProtocols);
            case "ssl-redirect" -> sslRedirect = bool(key, value);
            case "strict-sni" -> misdirectedRequests = bool(key, value);
            case "watch-ingress-without-class" -> withoutClass = bool(key, value);
            case "use-forwarded-headers", "proxy-real-ip-cidr" -> {} // together, below
            case "tls-profile" -> {} // before all others, above
            default -> {
                TreeSet<String> known = new TreeSet<>(KEYS);
                known.addAll(ResilienceOptions.KEYS);
                throw new IllegalArgumentException(
                        "unknown option '" + key + "'; known are " + String.join(", ", known));
            }
        }
    }

    /** Who is trusted is always said explicitly: ingress-nginx would trust everybody by default. */
    private void trustedProxies(Map<String, String> options) {
        String use = options.get("use-forwarded-headers");
        String list = options.get("proxy-real-ip-cidr");
        if (use == null ? list == null : !bool("use-forwarded-headers", use.strip())) {
            trustedProxies = use == null ? trustedProxies : List.of();
            return;
        }
        if (use == null) {
            throw new IllegalArgumentException("proxy-real-ip-cidr has no effect without use-forwarded-headers=true");
        }
        if (list == null) {
            throw new IllegalArgumentException(
                    "use-forwarded-headers=true needs proxy-real-ip-cidr: name the proxies that may be trusted");
        }
        trustedProxies = Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(cidr -> !cidr.isEmpty())
                .toList();
        for (String cidr : trustedProxies) {
            if (new IPAddressString(cidr).getAddress() == null) {
                throw new IllegalArgumentException("proxy-real-ip-cidr: '" + cidr + "' is no address or CIDR block");
            }
        }
    }

    private void tlsProfile(String value) {
        boolean modern = name("tls-profile", value, "modern|intermediate", "modern or intermediate")
                .equals("modern");
        tls = modern ? TlsPolicy.MODERN : TlsPolicy.INTERMEDIATE;
    }

    private static TlsPolicy tls(String key, String value, Function<String, TlsPolicy> change) {
        try {
            return change.apply(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private static long maxAge(String key, String value) {
        if (!value.matches("[0-9]{1,10}")) {
            throw new IllegalArgumentException(key + ": '" + value + "' is no number of seconds");
        }
        return Long.parseLong(value);
    }

    private static BodyLimit bodyLimit(String key, String value) {
        try {
            return BodyLimit.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": '" + value + "' " + e.getMessage(), e);
        }
    }

    private Retry nextUpstream(String key, String value) {
        try {
            return retry.withOn(Retry.on(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": '" + value + "' " + e.getMessage(), e);
        }
    }

    private static boolean bool(String key, String value) {
        return switch (value) {
            case "1", "t", "T", "true", "True", "TRUE" -> true;
            case "0", "f", "F", "false", "False", "FALSE" -> false;
            default -> throw new IllegalArgumentException(key + ": '" + value + "' is neither true nor false");
        };
    }

    private static int number(String key, String value, int most) {
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(key + ": '" + value + "' is no number from 1 to " + most);
        }
        return Integer.parseInt(value);
    }

    private static Duration seconds(String key, String value) {
        return Duration.ofSeconds(number(key, value, 86_400));
    }

    private static String name(String key, String value, String pattern, String what) {
        if (!value.matches(pattern)) {
            throw new IllegalArgumentException(key + ": '" + value + "' is not " + what);
        }
        return value;
    }
}
