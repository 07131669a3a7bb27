package dev.adit.annotation;

import dev.adit.annotation.NginxVocabulary.Treatment;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.policy.Balancing;
import dev.adit.policy.BodyLimit;
import dev.adit.policy.Canary;
import dev.adit.policy.PathRegex;
import dev.adit.policy.Redirect;
import dev.adit.policy.Retry;
import dev.adit.policy.Settings;
import dev.adit.policy.Timeouts;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of ingress-nginx. A value that cannot be used is reported and the default stands in for it; a security
 * annotation that cannot be honoured closes the Ingress's paths; a snippet refuses the Ingress.
 */
public final class NginxDialect {
    /** What every key starts with. */
    public static final String PREFIX = "nginx.ingress.kubernetes.io/";

    private static final Set<String> PROTOCOLS = Set.of("HTTP", "HTTPS", "GRPC", "GRPCS");

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "False", "FALSE");

    /** Values that ask for nothing, so that a feature we lack is not missed. */
    private static final Set<String> SWITCHED_OFF = Set.of("", "false", "off");

    private final Ingress ingress;
    private final Settings settings;
    private final Findings findings;
    private String refused = "";
    private String denied = "";

    private NginxDialect(Ingress ingress, Settings settings, Findings findings) {
        this.ingress = ingress;
        this.settings = settings;
        this.findings = findings;
    }

    /** What the annotations of {@code ingress} ask for; what is wrong with them goes to {@code findings}. */
    public static IngressPolicies read(Ingress ingress, Settings settings, Findings findings) {
        return new NginxDialect(ingress, settings, findings).policies();
    }

    private IngressPolicies policies() {
        PassthroughAnnotations passthrough = new PassthroughAnnotations(this, settings);
        if (passthrough.asked()) {
            return passthrough.policies(
                    new BalancingAnnotations(this), AditDialect.read(ingress, settings.resilience(), findings));
        }
        keys().forEach(this::judge);
        // These may refuse the Ingress, so they come before that is asked.
        Redirect redirect = redirect();
        Balancing balancing =
                new BalancingAnnotations(this).read().with(AditDialect.read(ingress, settings.resilience(), findings));
        UpstreamTls upstreamTls =
                new UpstreamTlsAnnotations(this, ingress.metadata().namespace()).read();
        ClientAuthRequest clientAuth =
                new ClientAuthAnnotations(this, ingress.metadata().namespace()).read();
        return new IngressPolicies(
                refused,
                denied,
                canary(),
                bool("use-regex", false),
                rewriteTarget(),
                redirect,
                bool("ssl-redirect", settings.sslRedirect()),
                bool("force-ssl-redirect", settings.forceSslRedirect()),
                appRoot(),
                aliases(),
                bool("from-to-www-redirect", false),
                text("default-backend"),
                protocol(),
                bodyLimit(),
                timeouts(),
                retry(),
                balancing,
                new TlsAnnotations(this, settings.tls()).read(),
                upstreamTls,
                false,
                clientAuth);
    }

    /** The keys that are there, without what every one starts with. */
    List<String> keys() {
        return ingress.metadata().annotations().keySet().stream()
                .filter(key -> key.startsWith(PREFIX))
                .map(key -> key.substring(PREFIX.length()))
                .toList();
    }

    void judge(String key) {
        Treatment treatment = NginxVocabulary.of(key);
        String field = field(key);
        if (treatment != null && raw(key).indexOf('\n') >= 0 && treatment != Treatment.REFUSED) {
            invalid(key, "holds a line break");
        }
        if (treatment == Treatment.SECURITY && isOff(key)) {
            return;
        }
        if (treatment == null) {
            String nearest = NginxVocabulary.nearest(key);
            findings.warning(
                    Code.ANNOTATION_UNKNOWN,
                    ingress,
                    field,
                    "There is no annotation " + PREFIX + key + ".",
                    Effect.IGNORED,
                    nearest.isEmpty() ? "" : "Did you mean " + PREFIX + nearest + "?");
            return;
        }
        switch (treatment) {
            case HONOURED -> {}
            case ACCEPTED ->
                findings.info(
                        Code.ANNOTATION_UNSUPPORTED, ingress, field, key + " needs no tuning here.", Effect.IGNORED);
            case COSMETIC ->
                findings.warning(
                        Code.ANNOTATION_UNSUPPORTED, ingress, field, key + " is not supported.", Effect.IGNORED, "");
            case REMOVED ->
                findings.warning(
                        Code.ANNOTATION_UNSUPPORTED,
                        ingress,
                        field,
                        key + " was removed from ingress-nginx and does nothing there either.",
                        Effect.IGNORED,
                        "");
            case SECURITY ->
                deny(key, "is not supported", "Remove the annotation if the path may be served without it.");
            case REFUSED -> {
                findings.error(
                        Code.ANNOTATION_REFUSED,
                        ingress,
                        field,
                        key + " holds configuration of another program, which is never executed here.",
                        Effect.REJECTED,
                        "Replace it by typed annotations, such as permanent-redirect or rewrite-target.");
                refused = key + " is refused";
            }
        }
    }

    private @Nullable Canary canary() {
        if (!bool("canary", false)) {
            return null;
        }
        String value = text("canary-by-header-value");
        PathRegex pattern = null;
        boolean neverByHeader = false;
        String regex = text("canary-by-header-pattern");
        if (value.isEmpty() && !regex.isEmpty()) {
            try {
                pattern = PathRegex.anywhere(regex);
            } catch (IllegalArgumentException e) {
                invalid("canary-by-header-pattern", "is no usable regular expression: " + e.getMessage());
                neverByHeader = true;
            }
        }
        int total = Math.max(100, integer("canary-weight-total", 100));
        int weight = Math.max(0, Math.min(total, integer("canary-weight", 0)));
        String header = text("canary-by-header");
        if (neverByHeader && !header.isEmpty()) {
            // A broken pattern means: main at once, whatever the other criteria say.
            return new Canary("", "", null, "", 0, total);
        }
        return new Canary(header, value, pattern, text("canary-by-cookie"), weight, total);
    }

    private @Nullable Redirect redirect() {
        String temporal = location("temporal-redirect");
        if (!temporal.isEmpty()) {
            return new Redirect(code("temporal-redirect-code", 302, 307), new Redirect.Location(temporal));
        }
        String permanent = location("permanent-redirect");
        if (!permanent.isEmpty()) {
            return new Redirect(code("permanent-redirect-code", 301, 308), new Redirect.Location(permanent));
        }
        return null;
    }

    /** A URL to send clients to, or empty. A bad one refuses the Ingress: its paths were never meant to be served. */
    String location(String key) {
        String value = text(key);
        if (value.isEmpty()) {
            return "";
        }
        boolean url = value.startsWith("http://") || value.startsWith("https://") || value.startsWith("/");
        if (!url || !value.chars().allMatch(c -> c > ' ' && c < 0x7f && "$\"<>\\^`{|}".indexOf(c) < 0)) {
            reject(key, "is not a URL that can be sent as it stands");
            return "";
        }
        return value;
    }

    private int code(String key, int standard, int highest) {
        String value = text(key);
        if (value.isEmpty()) {
            return standard;
        }
        int code = number(value);
        if (code == Integer.MIN_VALUE) {
            reject(key, "is not a number");
            return standard;
        }
        if (code < 300 || code > highest) {
            invalid(key, "is not between 300 and " + highest);
            return standard;
        }
        return code;
    }

    private String rewriteTarget() {
        String value = text("rewrite-target");
        if (!value.isEmpty() && !value.matches("[/A-Za-z0-9\\-._~:$]+")) {
            invalid("rewrite-target", "may only hold letters, digits and /-._~:$");
            return "";
        }
        if (value.startsWith("http:") || value.startsWith("https:")) {
            invalid("rewrite-target", "is an absolute URL; use temporal-redirect");
            return "";
        }
        return value;
    }

    private String appRoot() {
        String value = text("app-root");
        if (!value.isEmpty() && (!value.matches("/[A-Za-z0-9\\-._~:/?#@!&'()*+,;=%]*") || value.startsWith("//"))) {
            invalid("app-root", "is not an absolute path");
            return "";
        }
        return value;
    }

    private List<String> aliases() {
        return Arrays.stream(text("server-alias").split(","))
                .map(String::trim)
                .filter(alias -> !alias.isEmpty())
                .filter(this::plainName)
                .distinct()
                .toList();
    }

    private boolean plainName(String alias) {
        boolean plain = alias.length() <= 253
                && alias.matches("(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
        if (!plain) {
            invalid("server-alias", "holds '" + alias + "', which is not a host name");
        }
        return plain;
    }

    private String protocol() {
        String value = text("backend-protocol").toUpperCase(java.util.Locale.ROOT);
        if (!value.isEmpty() && !PROTOCOLS.contains(value)) {
            invalid("backend-protocol", "is none of HTTP, HTTPS, GRPC, GRPCS");
            return "";
        }
        return value;
    }

    private BodyLimit bodyLimit() {
        String value = text("proxy-body-size");
        try {
            return value.isEmpty() ? settings.bodyLimit() : BodyLimit.parse(value);
        } catch (IllegalArgumentException e) {
            invalid("proxy-body-size", Objects.toString(e.getMessage(), ""));
            return settings.bodyLimit();
        }
    }

    private Timeouts timeouts() {
        Timeouts t = settings.timeouts();
        return new Timeouts(
                seconds("proxy-connect-timeout", t.connect()),
                seconds("proxy-read-timeout", t.read()),
                seconds("proxy-send-timeout", t.send()));
    }

    private java.time.Duration seconds(String key, java.time.Duration standard) {
        int value = integer(key, 0);
        return value <= 0 ? standard : java.time.Duration.ofSeconds(value);
    }

    private Retry retry() {
        Retry standard = settings.retry();
        Retry retry = standard.withTries(Math.max(1, integer("proxy-next-upstream-tries", standard.tries())));
        String words = text("proxy-next-upstream");
        if (words.isEmpty()) {
            return retry;
        }
        try {
            return retry.withOn(Retry.on(words));
        } catch (IllegalArgumentException e) {
            invalid("proxy-next-upstream", Objects.toString(e.getMessage(), ""));
            return retry;
        }
    }

    boolean bool(String key, boolean standard) {
        String value = text(key);
        if (!value.isEmpty() && !isBool(key)) {
            invalid(key, "is not a boolean");
        }
        return isBool(key) ? TRUE.contains(value) : standard;
    }

    boolean isBool(String key) {
        String value = text(key);
        return TRUE.contains(value) || FALSE.contains(value);
    }

    /** Whether the value asks for nothing. */
    boolean isOff(String key) {
        return SWITCHED_OFF.contains(text(key));
    }

    int integer(String key, int standard) {
        String value = text(key);
        if (value.isEmpty()) {
            return standard;
        }
        int number = number(value);
        if (number == Integer.MIN_VALUE) {
            invalid(key, "is not a whole number");
            return standard;
        }
        return number;
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            return Integer.MIN_VALUE;
        }
    }

    String text(String key) {
        String value = raw(key);
        return value.indexOf('\n') >= 0 ? "" : value;
    }

    /** Such a value counts as not set, which some must not. */
    boolean hasLineBreak(String key) {
        return raw(key).indexOf('\n') >= 0;
    }

    private String raw(String key) {
        return ingress.metadata().annotations().getOrDefault(PREFIX + key, "").strip();
    }

    void invalid(String key, String why) {
        findings.warning(
                Code.ANNOTATION_INVALID, ingress, field(key), PREFIX + key + " " + why + ".", Effect.IGNORED, "");
    }

    /** Closes the paths: a security setting that cannot be honoured. */
    void deny(Code code, String key, String why, String suggestion) {
        findings.error(code, ingress, field(key), PREFIX + key + " " + why + ".", Effect.PATH_DENIED, suggestion);
        if (denied.isEmpty()) {
            denied = key + " " + why;
        }
    }

    /** Reports that the hosts of the Ingress stay closed. */
    void closeHosts(String key, Code code, String why) {
        findings.error(code, ingress, field(key), PREFIX + key + " " + why + ".", Effect.HOST_DENIED, "");
    }

    private void reject(String key, String why) {
        reject(key, why, "");
    }

    void reject(String key, String why, String suggestion) {
        findings.error(
                Code.ANNOTATION_INVALID,
                ingress,
                field(key),
                PREFIX + key + " " + why + ".",
                Effect.REJECTED,
                suggestion);
        refused = key + " " + why;
    }

    /** Closes the paths of the Ingress. */
    void deny(String key, String why, String suggestion) {
        findings.error(
                Code.ANNOTATION_UNSUPPORTED,
                ingress,
                field(key),
                key + " " + why + ", and serving without it would be unsafe.",
                Effect.PATH_DENIED,
                suggestion);
        if (denied.isEmpty()) {
            denied = key + " " + why;
        }
    }

    /** Why the whole Ingress must not be served; empty if it may. */
    String refused() {
        return refused;
    }

    Ingress ingress() {
        return ingress;
    }

    Findings findings() {
        return findings;
    }

    static String field(String key) {
        return "metadata.annotations." + PREFIX + key;
    }
}
