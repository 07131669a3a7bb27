package dev.adit.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a client showed in a handshake, which proved that it has the first one's key, and nothing else: whether to believe
 * them is for a {@link ClientAuthority} to say. What is too long or cannot be read counts as shown, and is believed by none.
 *
 * <p>Immutable, safe for any number of threads.
 */
public final class ClientChain {
    /** Nothing was shown. */
    public static final ClientChain NONE = new ClientChain(List.of(), "");

    /** The most certificates that are looked at: one more and none is. */
    static final int MAX_CERTIFICATES = 10;

    /** The longest certificate, in octets: one or two thousand are usual. */
    static final int MAX_OCTETS = 16 << 10;

    private final List<X509Certificate> certificates;
    private final String problem;

    private ClientChain(List<X509Certificate> certificates, String problem) {
        this.certificates = certificates;
        this.problem = problem;
    }

    /** What the client of a session showed; call after the handshake. */
    public static ClientChain of(SSLSession session) {
        try {
            return of(List.of(session.getPeerCertificates()));
        } catch (SSLPeerUnverifiedException e) { // JSSE's word for nothing
            return NONE;
        }
    }

    /** What a client showed, its own certificate first. */
    public static ClientChain of(List<? extends Certificate> shown) {
        if (shown.size() > MAX_CERTIFICATES) {
            return new ClientChain(List.of(), "certificate chain too long");
        }
        List<X509Certificate> read = new ArrayList<>(shown.size());
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate certificate : shown) {
                byte[] der = certificate.getEncoded();
                if (der.length > MAX_OCTETS) {
                    return new ClientChain(List.of(), "certificate too long");
                }
                // Engines hand out certificates that they have not read yet.
                read.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
            }
        } catch (CertificateException | RuntimeException e) { // the parser throws either at damage
            return new ClientChain(List.of(), "certificate cannot be read");
        }
        return new ClientChain(List.copyOf(read), "");
    }

    /** Whether the client showed nothing. */
    public boolean isEmpty() {
        return certificates.isEmpty() && problem.isEmpty();
    }

    /** The client's own certificate; null if it showed none, or none that can be read. */
    public @Nullable X509Certificate leaf() {
        return certificates.isEmpty() ? null : certificates.get(0);
    }

    /** The client's own first; empty if there is none, or one of them cannot be read. */
    List<X509Certificate> certificates() {
        return certificates;
    }

    /** Why none of it is looked at; empty if it is. */
    String problem() {
        return problem;
    }

    /** How much it is. */
    @Override
    public String toString() {
        return "ClientChain[" + (problem.isEmpty() ? certificates.size() + " certificates" : problem) + "]";
    }
}
