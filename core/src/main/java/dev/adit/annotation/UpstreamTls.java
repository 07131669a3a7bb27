package dev.adit.annotation;

import dev.adit.tls.TlsPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of an Ingress are to be spoken to, where they speak TLS.
 *
 * @param secret name of the Secret, in the Ingress's namespace, that holds whom to trust and what to show; empty for none
 * @param verify whether their certificates must stand up to verification
 * @param depth how many certificates may stand between theirs and a trusted one; not negative
 * @param name the name or address that theirs must be for; empty to let the Service decide
 * @param sendsName whether that is sent as the server name, or null if nothing is said about it
 * @param policy protocol versions and cipher suites, or null for those of the Java platform
 */
public record UpstreamTls(
        String secret,
        boolean verify,
        int depth,
        String name,
        @Nullable Boolean sendsName,
        @Nullable TlsPolicy policy) {}
