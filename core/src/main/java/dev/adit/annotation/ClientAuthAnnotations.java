package dev.adit.annotation;

import dev.adit.diagnostic.Code;
import dev.adit.policy.ClientAuth.Mode;
import dev.adit.policy.PathRegex;
import dev.adit.tls.ClientAuthority;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Those of {@link NginxDialect} that say what clients must show. What cannot be honoured closes the hosts: to serve them without would be to
 * serve everybody.
 */
final class ClientAuthAnnotations {
    /** Names the Secret. */
    static final String SECRET = "auth-tls-secret";

    private static final String VERIFY = "auth-tls-verify-client";
    private static final String DEPTH = "auth-tls-verify-depth";
    private static final String ERROR_PAGE = "auth-tls-error-page";
    private static final String PASS = "auth-tls-pass-certificate-to-upstream";
    private static final String MATCH = "auth-tls-match-cn";
    private static final List<String> ALL = List.of(SECRET, VERIFY, DEPTH, ERROR_PAGE, PASS, MATCH);

    private final NginxDialect dialect;
    private final String namespace;

    /** @param namespace of the Ingress */
    ClientAuthAnnotations(NginxDialect dialect, String namespace) {
        this.dialect = dialect;
        this.namespace = namespace;
    }

    /** Null if nothing is said. May refuse the Ingress. */
    @Nullable
    ClientAuthRequest read() {
        for (String key : ALL) {
            if (dialect.hasLineBreak(key)) {
                return denied(key, Code.ANNOTATION_INVALID, "holds a line break");
            }
        }
        boolean off = dialect.text(VERIFY).equals("off");
        String match = dialect.text(MATCH);
        if (off) {
            return match.isEmpty()
                    ? ClientAuthRequest.OFF
                    : denied(MATCH, Code.ANNOTATION_INVALID, "can match nothing where " + VERIFY + " is off");
        }
        return dialect.text(SECRET).isEmpty() ? withoutSecret(match) : withSecret(match);
    }

    private @Nullable ClientAuthRequest withoutSecret(String match) {
        String asks = !dialect.text(VERIFY).isEmpty() ? VERIFY : match.isEmpty() ? "" : MATCH;
        if (!asks.isEmpty()) {
            return denied(asks, Code.ANNOTATION_INVALID, "needs " + SECRET + ", which says whom to believe");
        }
        for (String key : List.of(DEPTH, ERROR_PAGE, PASS)) {
            if (!dialect.text(key).isEmpty()) {
                dialect.invalid(key, "does nothing without " + SECRET);
            }
        }
        return null;
    }

    private ClientAuthRequest withSecret(String match) {
        String path = dialect.text(SECRET);
        int slash = path.indexOf('/');
        if (slash <= 0 || slash == path.length() - 1 || path.indexOf('/', slash + 1) >= 0) {
            return denied(SECRET, Code.ANNOTATION_INVALID, "is not namespace/name");
        }
        if (!path.substring(0, slash).equals(namespace)) {
            return denied(SECRET, Code.SECRET_NAMESPACE, "names a Secret of another namespace");
        }
        PathRegex subject = null;
        if (!match.isEmpty()) {
            subject = subject(match);
            if (subject == null) {
                return ClientAuthRequest.denied(MATCH + " cannot be used");
            }
        }
        int depth = dialect.integer(DEPTH, ClientAuthority.DEFAULT_DEPTH);
        if (depth < 0) {
            dialect.invalid(DEPTH, "is negative");
        }
        return new ClientAuthRequest(
                false,
                "",
                path.substring(slash + 1),
                depth <= 0 ? ClientAuthority.DEFAULT_DEPTH : depth,
                mode(),
                errorPage(),
                passes(),
                subject);
    }

    private Mode mode() {
        return switch (dialect.text(VERIFY)) {
            case "", "on" -> Mode.ON;
            case "optional" -> Mode.OPTIONAL;
            case "optional_no_ca" -> Mode.OPTIONAL_NO_CA;
            default -> {
                dialect.invalid(VERIFY, "is none of on, off, optional, optional_no_ca, and means on");
                yield Mode.ON;
            }
        };
    }

    private String errorPage() {
        if (dialect.text(ERROR_PAGE).startsWith("@")) {
            dialect.reject(
                    ERROR_PAGE,
                    "names a location of nginx's configuration",
                    "Name a URL or a path to send clients to.");
            return "";
        }
        return dialect.location(ERROR_PAGE);
    }

    private boolean passes() {
        return switch (dialect.text(PASS)) {
            case "", "0", "f", "F", "false", "False", "FALSE" -> false;
            case "1", "t", "T", "true", "True", "TRUE" -> true;
            default -> {
                dialect.reject(PASS, "is not a boolean", "");
                yield false;
            }
        };
    }

    private @Nullable PathRegex subject(String match) {
        try {
            if (!match.startsWith("CN=")) {
                throw new IllegalArgumentException("it does not begin with CN=");
            }
            return PathRegex.whole(match);
        } catch (IllegalArgumentException e) {
            dialect.reject(MATCH, "is no usable regular expression: " + Objects.toString(e.getMessage(), ""), "");
            return null;
        }
    }

    private ClientAuthRequest denied(String key, Code code, String why) {
        dialect.closeHosts(key, code, why);
        return ClientAuthRequest.denied(key + " " + why);
    }
}
