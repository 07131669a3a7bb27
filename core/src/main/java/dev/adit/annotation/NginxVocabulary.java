package dev.adit.annotation;

import java.util.Map;
import java.util.TreeMap;

/**
 * Every annotation that ingress-nginx v1.15 knows and how Adit treats it. The vocabulary is closed: what is not here is a
 * mistake and is reported with the nearest name.
 */
final class NginxVocabulary {
    enum Treatment {
        /** Read by {@link NginxDialect}. */
        HONOURED,
        /** Has no visible effect here, or none that is wrong: accepted. */
        ACCEPTED,
        /** Not supported; the path is served without it and a warning says so. */
        COSMETIC,
        /** Not supported; serving without it would be unsafe, so the path stays closed. */
        SECURITY,
        /** Never supported: the whole Ingress is refused, as ingress-nginx itself does by default. */
        REFUSED,
        /** ingress-nginx removed it. */
        REMOVED
    }

    private static final Map<String, Treatment> KEYS = new TreeMap<>();

    static {
        put(Treatment.HONOURED, """
                use-regex rewrite-target app-root server-alias ssl-redirect force-ssl-redirect permanent-redirect
                permanent-redirect-code temporal-redirect temporal-redirect-code from-to-www-redirect
                canary canary-by-header canary-by-header-value canary-by-header-pattern canary-by-cookie canary-weight
                canary-weight-total default-backend backend-protocol proxy-connect-timeout proxy-read-timeout
                proxy-send-timeout proxy-next-upstream proxy-next-upstream-tries load-balance upstream-hash-by
                upstream-hash-by-subset upstream-hash-by-subset-size affinity affinity-mode session-cookie-name
                session-cookie-path session-cookie-domain session-cookie-samesite session-cookie-secure
                session-cookie-max-age session-cookie-expires session-cookie-change-on-failure
                session-cookie-conditional-samesite-none affinity-canary-behavior service-upstream
                proxy-body-size ssl-prefer-server-ciphers ssl-ciphers ssl-passthrough
                proxy-ssl-secret proxy-ssl-verify proxy-ssl-verify-depth proxy-ssl-name proxy-ssl-server-name
                proxy-ssl-protocols proxy-ssl-ciphers
                auth-tls-secret auth-tls-verify-client auth-tls-verify-depth auth-tls-error-page
                auth-tls-pass-certificate-to-upstream auth-tls-match-cn""");
        put(Treatment.ACCEPTED, """
                auth-keepalive auth-keepalive-requests auth-keepalive-timeout auth-keepalive-share-vars proxy-buffering
                proxy-buffer-size proxy-buffers-number proxy-busy-buffers-size proxy-max-temp-file-size
                client-body-buffer-size enable-rewrite-log enable-global-auth http2-push-preload proxy-request-buffering""");
        put(Treatment.COSMETIC, """
                x-forwarded-prefix preserve-trailing-slash use-port-in-redirects relative-redirects enable-cors
                cors-allow-origin cors-allow-methods cors-allow-headers cors-allow-credentials cors-expose-headers
                cors-max-age
                proxy-next-upstream-timeout proxy-http-version upstream-vhost connection-proxy-header
                custom-headers proxy-cookie-domain proxy-cookie-path proxy-redirect-from proxy-redirect-to
                custom-http-errors disable-proxy-intercept-errors mirror-target mirror-host mirror-request-body
                enable-access-log enable-opentelemetry opentelemetry-operation-name
                opentelemetry-trust-incoming-span limit-rate limit-rate-after""");
        put(Treatment.SECURITY, """
                allowlist-source-range whitelist-source-range denylist-source-range auth-type auth-secret
                auth-secret-type auth-realm satisfy auth-url auth-signin auth-signin-redirect-param
                auth-response-headers auth-method auth-request-redirect auth-proxy-set-headers auth-always-set-cookie
                auth-cache-key auth-cache-duration
                limit-rps limit-rpm limit-burst-multiplier limit-connections limit-allowlist limit-whitelist
                enable-modsecurity enable-owasp-core-rules
                modsecurity-transaction-id""");
        put(Treatment.REFUSED, """
                configuration-snippet server-snippet stream-snippet auth-snippet modsecurity-snippet fastcgi-index
                fastcgi-params-configmap""");
        put(
                Treatment.REMOVED,
                "global-rate-limit global-rate-limit-window global-rate-limit-key global-rate-limit-ignored-cidrs");
    }

    private NginxVocabulary() {}

    private static void put(Treatment treatment, String keys) {
        for (String key : keys.trim().split("\\s+")) {
            KEYS.put(key, treatment);
        }
    }

    /** How {@code key} is treated, or null if there is no such annotation. */
    static @org.jspecify.annotations.Nullable Treatment of(String key) {
        return KEYS.get(key);
    }

    /** The known key nearest to {@code key}, or the empty text if none is near. */
    static String nearest(String key) {
        String best = "";
        int bestDistance = Math.max(2, key.length() / 4) + 1;
        for (String known : KEYS.keySet()) {
            int d = distance(key, known, bestDistance);
            if (d < bestDistance) {
                bestDistance = d;
                best = known;
            }
        }
        return best;
    }

    /** Levenshtein distance, or {@code limit} if it is not below that. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit || a.length() > 100) {
            return limit;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
