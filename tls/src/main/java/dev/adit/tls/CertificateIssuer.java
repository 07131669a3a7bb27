package dev.adit.tls;

import dev.adit.tls.CertificateWriter.Subject;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.CRLException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate authority that lives in memory: for demos and tests of mutual TLS. Keys are ECDSA on P-256. Nothing is recorded, nothing
 * is checked before it is signed.
 *
 * <pre>{@code
 * CertificateIssuer authority = CertificateIssuer.root("CN=test", yesterday, nextYear);
 * Identity alice = authority.client("CN=alice", yesterday, tomorrow);
 * String secret = authority.certificatePem();    // ca.crt
 * }</pre>
 *
 * <p>Immutable, safe for any number of threads.
 */
public final class CertificateIssuer {
    private final KeyPair keys;
    /** Its own certificate first, and up to the one before the root's; only the root's own if this is the root. */
    private final List<X509Certificate> chain;

    private final boolean root;

    private CertificateIssuer(KeyPair keys, List<X509Certificate> chain, boolean root) {
        this.keys = keys;
        this.chain = chain;
        this.root = root;
    }

    /**
     * An authority that vouches for itself.
     *
     * @param name a distinguished name as text (RFC 2253), such as {@code CN=test,O=Example}
     * @throws IllegalArgumentException if the name cannot be read
     */
    public static CertificateIssuer root(String name, Instant notBefore, Instant notAfter) {
        KeyPair keys = CertificateWriter.newKey();
        Subject subject = new Subject(new X500Principal(name), List.of(), true, List.of());
        X509Certificate own = CertificateWriter.certificate(
                keys.getPublic(), subject, subject.name(), keys.getPrivate(), notBefore, notAfter);
        return new CertificateIssuer(keys, List.of(own), true);
    }

    /** An authority that this one vouches for; what that issues carries its certificate along. */
    public CertificateIssuer intermediate(String name, Instant notBefore, Instant notAfter) {
        KeyPair own = CertificateWriter.newKey();
        Subject subject = new Subject(new X500Principal(name), List.of(), true, List.of());
        return new CertificateIssuer(own, chain(own, subject, notBefore, notAfter), false);
    }

    /** A client's identity, labelled with its name: the chain goes up to, but not including, the root. */
    public Identity client(String name, Instant notBefore, Instant notAfter) {
        Subject subject =
                new Subject(new X500Principal(name), List.of(), false, List.of(CertificateWriter.CLIENT_AUTH));
        return issue(name, subject, notBefore, notAfter);
    }

    /**
     * A server's identity, labelled with its first name: the chain goes up to, but not including, the root.
     *
     * @param dnsNames at least one, ASCII
     */
    public Identity server(List<String> dnsNames, Instant notBefore, Instant notAfter) {
        X500Principal name = new X500Principal("CN=" + dnsNames.get(0));
        Subject subject = new Subject(name, dnsNames, false, List.of(CertificateWriter.SERVER_AUTH));
        return issue(dnsNames.get(0), subject, notBefore, notAfter);
    }

    private Identity issue(String label, Subject subject, Instant notBefore, Instant notAfter) {
        KeyPair own = CertificateWriter.newKey();
        return Identity.of(label, own.getPrivate(), chain(own, subject, notBefore, notAfter));
    }

    private List<X509Certificate> chain(KeyPair own, Subject subject, Instant notBefore, Instant notAfter) {
        List<X509Certificate> all = new ArrayList<>();
        all.add(CertificateWriter.certificate(
                own.getPublic(),
                subject,
                certificate().getSubjectX500Principal(),
                keys.getPrivate(),
                notBefore,
                notAfter));
        if (!root) {
            all.addAll(chain);
        }
        return List.copyOf(all);
    }

    /** Its own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Its own certificate as PEM: what {@code ca.crt} of a Secret holds. */
    public String certificatePem() {
        return Pem.text(certificate());
    }

    /** A list of what is revoked, as PEM: what {@code ca.crl} of a Secret holds. */
    public String revocationsPem(Instant thisUpdate, Instant nextUpdate, Identity... revoked) {
        List<BigInteger> serials = Arrays.stream(revoked)
                .map(identity -> identity.chain().get(0).getSerialNumber())
                .toList();
        try {
            return Pem.text(
                    "X509 CRL",
                    CertificateWriter.list(
                                    certificate().getSubjectX500Principal(),
                                    keys.getPrivate(),
                                    serials,
                                    thisUpdate,
                                    nextUpdate)
                            .getEncoded());
        } catch (CRLException e) {
            throw new IllegalStateException("it was just encoded", e);
        }
    }

    /** Whose it is; no key. */
    @Override
    public String toString() {
        return "CertificateIssuer[" + certificate().getSubjectX500Principal() + "]";
    }
}
