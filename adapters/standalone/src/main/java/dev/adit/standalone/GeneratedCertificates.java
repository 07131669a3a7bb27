package dev.adit.standalone;

import dev.adit.tls.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Certificates that are made at start. Their keys never leave this process, except into the demo's own folder. */
final class GeneratedCertificates {
    private static final Duration VALID = Duration.ofDays(90);
    private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);

    private GeneratedCertificates() {}

    /** What names without a certificate get; nobody trusts it. */
    static Identity standIn() {
        return covering("default", "adit-default.invalid");
    }

    /** A certificate that covers {@code names} and is its own authority. */
    static Identity covering(String label, String... names) {
        Instant now = Instant.now();
        return Identity.selfSigned(label, List.of(names), now.minus(CLOCK_DIFFERENCE), now.plus(VALID));
    }

    /** A Secret with the identity's chain and key. */
    static String secret(String namespace, String name, Identity identity) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + lines.encodeToString(identity.key().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        return """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: %s
                  namespace: %s
                type: kubernetes.io/tls
                data:
                  tls.crt: %s
                  tls.key: %s
                """.formatted(name, namespace, base64(identity.chainPem()), base64(key));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
