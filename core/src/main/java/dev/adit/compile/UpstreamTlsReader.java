package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.annotation.NginxDialect;
import dev.adit.annotation.UpstreamTls;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Secret;
import dev.adit.route.Backend;
import dev.adit.tls.ClientTls;
import dev.adit.tls.PemException;
import org.jspecify.annotations.Nullable;

/** Gives the backends of one Ingress the TLS that its annotations ask for. What cannot be had closes them. */
final class UpstreamTlsReader {
    private static final String FIELD = "metadata.annotations." + NginxDialect.PREFIX + "proxy-ssl-secret";

    private final Ingress ingress;
    private final @Nullable UpstreamTls wish;
    private final Backends.User backends;
    private final Findings findings;
    private boolean applied;
    private boolean unknown;
    /** Why the backends are closed; empty if they are not. */
    private String problem = "";

    /** @param wish null if there is none: then backends stay as they are */
    UpstreamTlsReader(Ingress ingress, @Nullable UpstreamTls wish, Backends.User backends, Findings findings) {
        this.ingress = ingress;
        this.wish = wish;
        this.backends = backends;
        this.findings = findings;
    }

    /** {@code backend} as it is to be spoken to, or closed. */
    Backend secure(Backend backend) {
        if (wish == null || backend.pool() == null || !backend.protocol().isSecure()) {
            unknown |= backend.pool() == null;
            return backend;
        }
        applied = true;
        ClientTls tls = problem.isEmpty() ? tls(wish, backend) : null;
        return tls == null
                ? backend.closed("denied: " + problem)
                : backend.with(backend.protocol().with(tls));
    }

    /** Call when all backends were seen. */
    void done() {
        if (wish != null && !applied && !unknown) {
            findings.info(
                    Code.ANNOTATION_INVALID,
                    ingress,
                    wish.secret().isEmpty() ? "metadata.annotations" : FIELD,
                    "No backend of this Ingress speaks TLS, so that nothing is made of what proxy-ssl-* say.",
                    Effect.IGNORED);
        }
    }

    private @Nullable ClientTls tls(UpstreamTls asked, Backend backend) {
        Secret secret = asked.secret().isEmpty() ? null : backends.secret(asked.secret());
        if (secret == null && !asked.secret().isEmpty()) {
            deny(
                    Code.SECRET_MISSING,
                    "There is no Secret " + ingress.metadata().namespace() + "/" + asked.secret() + ".");
            return null;
        }
        try {
            return backends.tls(asked, secret, backend);
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
