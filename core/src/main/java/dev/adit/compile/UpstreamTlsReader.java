package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.NginxDialect;
import dev.adit.annotation.UpstreamTls;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Secret;
import dev.adit.manifest.Service;
import dev.adit.route.Protocol;
import dev.adit.tls.ClientTls;
import dev.adit.tls.PemException;
import org.jspecify.annotations.Nullable;

/** Says how the backends of one Ingress speak TLS, as its annotations ask for. What cannot be had closes them. */
final class UpstreamTlsReader {
    private static final String FIELD = "metadata.annotations." + NginxDialect.PREFIX + "proxy-ssl-secret";

    private final Ingress ingress;
    private final @Nullable UpstreamTls wish;
    private final Backends.User backends;
    private final Findings findings;
    /** Whether some backend speaks TLS, or might. */
    private boolean applied;
    /** Why the backends are closed; empty if they are not. */
    private String problem = "";

    /** @param wish null if there is none: then backends stay as they are */
    UpstreamTlsReader(Ingress ingress, @Nullable UpstreamTls wish, Backends.User backends, Findings findings) {
        this.ingress = ingress;
        this.wish = wish;
        this.backends = backends;
        this.findings = findings;
    }

    /** What the endpoints of {@code service} speak, or null if it must stay closed. */
    @Nullable
    Protocol secure(Protocol spoken, Service service) {
        if (!spoken.isSecure()) {
            return spoken;
        }
        applied = true;
        if (wish == null) {
            return spoken;
        }
        ClientTls tls = problem.isEmpty() ? tls(wish, service) : null;
        return tls == null ? null : spoken.with(tls);
    }

    /** Why what must stay closed must. */
    String problem() {
        return problem;
    }

    /** A backend cannot be used: nobody knows what it would speak. */
    void missed() {
        applied = true;
    }

    /** Call when all backends were seen. */
    void done() {
        if (wish != null && !applied) {
            findings.info(
                    Code.ANNOTATION_INVALID,
                    ingress,
                    wish.secret().isEmpty() ? "metadata.annotations" : FIELD,
                    "No backend of this Ingress speaks TLS, so that nothing is made of what proxy-ssl-* say.",
                    Effect.IGNORED);
        }
    }

    private @Nullable ClientTls tls(UpstreamTls asked, Service service) {
        Secret secret = asked.secret().isEmpty() ? null : backends.secret(asked.secret());
        if (secret == null && !asked.secret().isEmpty()) {
            deny(
                    Code.SECRET_MISSING,
                    "There is no Secret " + ingress.metadata().namespace() + "/" + asked.secret() + ".");
            return null;
        }
        try {
            return backends.tls(asked, secret, service);
        } catch (PemException e) {
            deny(
                    Code.CERTIFICATE_INVALID,
                    "The Secret " + ingress.metadata().namespace() + "/" + asked.secret() + " cannot be used: "
                            + e.getMessage() + ".");
            return null;
        }
    }

    private void deny(Code code, String message) {
        problem = "proxy-ssl-secret cannot be used";
        findings.error(code, ingress, FIELD, message, Effect.PATH_DENIED, "");
    }
}
