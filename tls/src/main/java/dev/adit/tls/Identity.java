package dev.adit.tls;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A private key and its certificate chain, leaf first. Immutable, safe for any number of threads. Two identities are equal only
 * if they are the same object; {@link #fingerprint} tells whether they present the same chain. Neither {@link #toString} nor any
 * exception shows the key.
 */
public final class Identity {
    private final String label;
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final String fingerprint;
    private final List<String> dnsNames;
    private final Set<String> dnsNameSet;
    private final @Nullable OcspStaple staple;

    private Identity(
            String label,
            PrivateKey key,
            List<X509Certificate> chain,
            String fingerprint,
            Collection<String> dnsNames,
            @Nullable OcspStaple staple) {
        this.label = label;
        this.key = key;
        this.chain = chain;
        this.fingerprint = fingerprint;
        this.dnsNames = List.copyOf(dnsNames);
        this.dnsNameSet = Set.copyOf(dnsNames);
        this.staple = staple;
    }

    /**
     * Takes a key and its chain. Proves that they belong together: an RSA key by its numbers, which takes microseconds, any other by
     * one signature, which takes about a millisecond.
     *
     * @param label where it comes from, such as {@code namespace/name} of a Secret; is shown in logs
     * @param chain leaf first; is copied
     * @throws IllegalArgumentException if the chain is empty or the key does not belong to its first certificate
     */
    public static Identity of(String label, PrivateKey key, List<X509Certificate> chain) {
        try {
            return create(label, key, List.copyOf(chain));
        } catch (PemException e) {
            throw new IllegalArgumentException(e.getMessage());
        }
    }

    /**
     * Makes a key (ECDSA, P-256) and a certificate that vouches for itself: for defaults, demos and tests.
     *
     * @param label where it comes from; is shown in logs
     * @param names DNS names that it covers, one-label wildcards allowed; ASCII
     */
    public static Identity selfSigned(String label, List<String> names, Instant notBefore, Instant notAfter) {
        return SelfSigned.identity(label, names, notBefore, notAfter);
    }

    /**
     * Reads PEM: {@code tls.crt} and {@code tls.key} of a Secret. Keys may be PKCS#8, PKCS#1 or SEC1; RSA, RSASSA-PSS, ECDSA,
     * Ed25519 or Ed448; not encrypted. Text around the blocks is passed over.
     *
     * @param label where it comes from, such as {@code namespace/name} of a Secret; is shown in logs
     * @param certificates the chain, leaf first: at most 1 MiB and 100 certificates
     * @param key the leaf's private key: at most 1 MiB; if there are several, the first
     * @throws PemException with a reason that holds no secret
     */
    public static Identity fromPem(String label, byte[] certificates, byte[] key) throws PemException {
        return create(label, Pem.privateKey(key), List.copyOf(Pem.certificates(certificates)));
    }

    private static Identity create(String label, PrivateKey key, List<X509Certificate> chain) throws PemException {
        if (chain.isEmpty()) {
            throw new PemException("the certificate chain is empty");
        }
        X509Certificate leaf = chain.get(0);
        if (!belongs(key, leaf.getPublicKey())) {
            throw elsewhere(key, chain);
        }
        return new Identity(label, key, chain, fingerprint(chain), dnsNames(leaf), null);
    }

    /** A chain that begins with the root instead of the leaf is the usual mistake; the key says which certificate is the leaf. */
    private static PemException elsewhere(PrivateKey key, List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (belongs(key, chain.get(i).getPublicKey())) {
                return new PemException(
                        PemException.Fault.CHAIN_OUT_OF_ORDER,
                        "the private key does not belong to the first certificate but to number " + (i + 1)
                                + ": the chain is out of order");
            }
        }
        return new PemException(
                PemException.Fault.KEY_MISMATCH, "the private key does not belong to the first certificate");
    }

    /** Where it comes from. */
    public String label() {
        return label;
    }

    /** The private key. */
    public PrivateKey key() {
        return key;
    }

    /** The chain, leaf first; never empty, unmodifiable. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The chain as PEM, leaf first: what a client needs to trust a {@link #selfSigned} identity. */
    public String chainPem() {
        StringBuilder pem = new StringBuilder();
        chain.forEach(certificate -> pem.append(Pem.text(certificate)));
        return pem.toString();
    }

    /** SHA-256 of the chain's DER, 64 lower-case hexadecimal digits: equal for equal chains. */
    public String fingerprint() {
        return fingerprint;
    }

    /**
     * The DNS names in the leaf's subject alternative names, lower case, each once, {@code *.parent} among them; unmodifiable. Never
     * the subject's common name (RFC 9525 section 2), nor a name that no client could ask for.
     */
    public List<String> dnsNames() {
        return dnsNames;
    }

    /** When the leaf begins to be valid. */
    public Instant notBefore() {
        return chain.get(0).getNotBefore().toInstant();
    }

    /** When the leaf ends to be valid. */
    public Instant notAfter() {
        return chain.get(0).getNotAfter().toInstant();
    }

    /** When all of the chain is valid. */
    public Validity validity() {
        return chain.stream().map(Validity::of).reduce(Validity::and).orElseThrow();
    }

    /** What is wrong with it at a moment; may be empty. */
    public Set<Flaw> flaws(Instant now) {
        return Flaw.of(this, now);
    }

    /**
     * This identity with each certificate but the leaf replaced by an equal one: many chains have the same authorities, and need them only
     * once.
     *
     * @param kept gives back an equal certificate
     */
    public Identity withAuthorities(UnaryOperator<X509Certificate> kept) {
        List<X509Certificate> shared = new ArrayList<>(chain);
        for (int i = 1; i < shared.size(); i++) {
            X509Certificate other = kept.apply(shared.get(i));
            if (!other.equals(shared.get(i))) {
                throw new IllegalArgumentException("not an equal certificate");
            }
            shared.set(i, other);
        }
        return new Identity(label, key, List.copyOf(shared), fingerprint, dnsNames, staple);
    }

    /** This identity with an authority's word that its leaf is not revoked, made for this chain. */
    public Identity withStaple(OcspStaple value) {
        return new Identity(label, key, chain, fingerprint, dnsNames, value);
    }

    /** What {@link #withStaple} gave it, or null; it may be out of date by now. */
    public @Nullable OcspStaple staple() {
        return staple;
    }

    /**
     * Whether the leaf's subject alternative names cover {@code host}: by its own name or by a wildcard over its first label (RFC 9525
     * section 6.3). A wildcard host {@code *.parent} is covered only by that very wildcard.
     *
     * @param host any case, one trailing dot allowed
     */
    public boolean covers(String host) {
        String name = ServerName.normalisePattern(host);
        if (name == null) {
            return false;
        }
        int dot = name.indexOf('.');
        return dnsNameSet.contains(name) || (dot > 0 && dnsNameSet.contains("*" + name.substring(dot)));
    }

    /** Whether this key can authenticate what JSSE calls {@code keyType}. */
    boolean fits(String keyType) {
        return keyType(key.getAlgorithm()).equals(keyType(keyType));
    }

    /** Whether both keys are of one kind, so that a client could never tell the two apart by what it offers. */
    boolean hasKindOf(Identity other) {
        return other.fits(key.getAlgorithm());
    }

    /** The label and the fingerprint. */
    @Override
    public String toString() {
        return "Identity[" + label + " " + fingerprint + "]";
    }

    /** Providers disagree whether an Edwards key is called by its curve or by its family. */
    private static String keyType(String algorithm) {
        return algorithm.equals("Ed25519") || algorithm.equals("Ed448") ? "EdDSA" : algorithm;
    }

    private static boolean belongs(PrivateKey key, PublicKey publicKey) {
        if (!keyType(key.getAlgorithm()).equals(keyType(publicKey.getAlgorithm()))) {
            return false;
        }
        if (key instanceof RSAPrivateCrtKey rsaKey && publicKey instanceof RSAPublicKey rsaPublic) {
            return belongs(rsaKey, rsaPublic);
        }
        return signs(key, publicKey);
    }

    /** The five numbers an RSA signature is made from, against the public key (RFC 8017 section 3.2): cheaper than a signature. */
    private static boolean belongs(RSAPrivateCrtKey key, RSAPublicKey publicKey) {
        BigInteger n = publicKey.getModulus();
        BigInteger e = publicKey.getPublicExponent();
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        BigInteger one = BigInteger.ONE;
        return p.signum() > 0
                && q.compareTo(one) > 0
                && p.compareTo(one) > 0
                && p.multiply(q).equals(n)
                && key.getModulus().equals(n)
                && key.getPrimeExponentP().multiply(e).mod(p.subtract(one)).equals(one)
                && key.getPrimeExponentQ().multiply(e).mod(q.subtract(one)).equals(one)
                && key.getCrtCoefficient().multiply(q).mod(p).equals(one);
    }

    private static boolean signs(PrivateKey key, PublicKey publicKey) {
        byte[] message = "does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(signatureAlgorithm(key));
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            Signature verifier = Signature.getInstance(signatureAlgorithm(key));
            verifier.initVerify(publicKey);
            verifier.update(message);
            return verifier.verify(signed);
        } catch (GeneralSecurityException
                | RuntimeException e) { // two curves, or a key that cannot sign: no pair either way
            return false;
        }
    }

    private static String signatureAlgorithm(PrivateKey key) {
        return switch (keyType(key.getAlgorithm())) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> keyType(key.getAlgorithm());
        };
    }

    private static String fingerprint(List<X509Certificate> chain) throws PemException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (X509Certificate certificate : chain) {
                digest.update(certificate.getEncoded());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (CertificateException e) {
            throw new PemException("a certificate cannot be encoded");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Collection<String> dnsNames(X509Certificate leaf) throws PemException {
        try {
            return new PeerNames(leaf).dnsNames();
        } catch (CertificateParsingException e) {
            throw new PemException("the first certificate's subject alternative names cannot be read");
        }
    }
}
