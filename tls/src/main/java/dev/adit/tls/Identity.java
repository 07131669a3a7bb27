package dev.adit.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** A private key and its certificate chain, leaf first. Never shows the key. Immutable. */
public final class Identity {
    /**
     * @param label where it comes from, such as {@code namespace/name} of a Secret
     * @throws IllegalArgumentException if the chain is empty or the key does not belong to its first certificate
     */
    public static Identity of(String label, PrivateKey key, List<X509Certificate> chain) {
        throw new UnsupportedOperationException();
    }

    /** Reads PEM: {@code tls.crt} and {@code tls.key} of a Secret. @throws PemException with a reason that holds no secret */
    public static Identity fromPem(String label, byte[] certificates, byte[] key) throws PemException {
        throw new UnsupportedOperationException();
    }

    /** Where it comes from. */
    public String label() {
        throw new UnsupportedOperationException();
    }

    /** The private key. */
    public PrivateKey key() {
        throw new UnsupportedOperationException();
    }

    /** The chain, leaf first. */
    public List<X509Certificate> chain() {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the chain, hexadecimal: equal for equal chains. */
    public String fingerprint() {
        throw new UnsupportedOperationException();
    }

    /** The DNS names in the leaf's subject alternative names, lower case. */
    public List<String> dnsNames() {
        throw new UnsupportedOperationException();
    }

    /** Whether the leaf's subject alternative names cover {@code host}, which may itself be a wildcard. */
    public boolean covers(String host) {
        throw new UnsupportedOperationException();
    }
}
