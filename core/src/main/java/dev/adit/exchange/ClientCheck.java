package dev.adit.exchange;

import dev.adit.policy.ClientAuth;
import dev.adit.policy.ClientAuth.Mode;
import dev.adit.policy.PathRegex;
import dev.adit.route.Route;
import dev.adit.route.RouteTable;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.ClientAuthority.Result;
import dev.adit.tls.ClientAuthority.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the client has shown what the host that it asks for wants. Asked for each request, since a connection may be used for another host
 * than it was opened for, and stay open while the policy changes:
 *
 * <pre>
 *   no policy ──────────────────────────────▶ passes
 *   clear text, a rule for ACME's own path ─▶ passes: certificate authorities have nothing to show
 *   clear text, another ────────────────────▶ redirect to HTTPS, else 403, whatever a proxy says of its own client
 *   nobody to believe ──────────────────────▶ 403
 *   connection opened for another name ─────▶ 421, or what was shown for one host would count for another
 *   verdict       ON    OPTIONAL  OPTIONAL_NO_CA
 *     NONE        400   passes    passes
 *     UNKNOWN     400   400       passes
 *     BAD         400   400       400
 *   subject does not match ─────────────────▶ 403
 * </pre>
 */
final class ClientCheck {
    private ClientCheck() {}

    /** The refusal, or null if there is none; then {@code exchange} knows who the client is, if it had to say. */
    static @Nullable Reply of(Exchange exchange, RouteTable table, @Nullable Route found) {
        ClientAuth policy = table.clientAuth(exchange.host());
        if (policy == null) {
            return null;
        }
        ClientConnection connection = exchange.connection();
        if (!connection.secure()) {
            if (found != null && isForAcme(exchange, found)) {
                return null;
            }
            Reply redirect = found == null ? null : Redirects.toHttps(exchange, found);
            return redirect == null ? Replies.CLEAR_TEXT : redirect;
        }
        ClientAuthority authority = policy.authority();
        if (authority == null) {
            return Replies.CLIENTS_UNKNOWN;
        }
        if (!isNamed(exchange.host(), connection.serverName())) {
            return Replies.MISDIRECTED;
        }
        ClientCertificate certificate = connection.certificate();
        Verdict verdict = certificate.verdict(authority, exchange.factory().now());
        if (!passes(policy.mode(), verdict.result())) {
            return refusal(exchange, policy, verdict);
        }
        PathRegex subject = policy.subject();
        if (subject != null && !certificate.isNamed(subject)) {
            return Replies.CLIENT_NOT_PERMITTED;
        }
        exchange.detour().identity = new ClientIdentity(certificate, verdict, policy.passCertificate());
        return null;
    }

    /** Whether the rule itself, not only the request, is about proving who owns the host (RFC 8555 section 8.3). */
    private static boolean isForAcme(Exchange exchange, Route found) {
        return found.rule() != null && Redirects.isAcme(found.rule().path()) && Redirects.isAcme(exchange.path());
    }

    /** @param host normalised; empty for an address, which no server name can be */
    private static boolean isNamed(String host, @Nullable String serverName) {
        return serverName == null
                ? host.isEmpty()
                : host.equals(serverName) || host.equals(Authority.matchedHost(serverName));
    }

    private static boolean passes(Mode mode, Result result) {
        return switch (result) {
            case GOOD -> true;
            case NONE -> mode != Mode.ON;
            case UNKNOWN_ISSUER -> mode == Mode.OPTIONAL_NO_CA;
            case BAD -> false;
        };
    }

    private static Reply refusal(Exchange exchange, ClientAuth policy, Verdict verdict) {
        Reply plain = verdict.result() == Result.NONE ? Replies.NO_CLIENT_CERTIFICATE : Replies.BAD_CLIENT_CERTIFICATE;
        // A page of the host itself cannot be seen without a certificate either: no use to be sent there from there.
        if (policy.errorPage().isEmpty() || policy.errorPage().equals(exchange.matchedTarget())) {
            return plain;
        }
        return new Reply(
                302,
                plain.reason(),
                List.of(Map.entry("Location", policy.errorPage())),
                Replies.of(302, "").bytes(),
                true);
    }
}
