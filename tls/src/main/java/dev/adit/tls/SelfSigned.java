package dev.adit.tls;

import dev.adit.tls.CertificateWriter.Subject;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** Makes certificates that vouch for themselves: for defaults, demos and tests. */
final class SelfSigned {
    private static final X500Principal NAME = new X500Principal("CN=Adit self-signed");

    private SelfSigned() {}

    static Identity identity(String label, List<String> names, Instant notBefore, Instant notAfter) {
        KeyPair keys = CertificateWriter.newKey();
        // An authority, since it is its own issuer.
        Subject subject = new Subject(NAME, names, true, List.of());
        return Identity.of(
                label,
                keys.getPrivate(),
                List.of(CertificateWriter.certificate(
                        keys.getPublic(), subject, NAME, keys.getPrivate(), notBefore, notAfter)));
    }
}
