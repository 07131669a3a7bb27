package dev.adit.tls;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is wrong with an identity that could be used all the same. */
public enum Flaw {
    /** A certificate of the chain is no longer valid: clients refuse it. */
    EXPIRED,
    /** A certificate of the chain is not valid yet: clients refuse it. */
    NOT_YET_VALID,
    /** A certificate of the chain is valid for no longer than {@link #SOON}. */
    EXPIRES_SOON,
    /** The leaf's key is shorter than 2048 bits (RSA) or 256 (ECDSA): NIST SP 800-131A, and no public authority signs it. */
    WEAK_KEY,
    /** A certificate is signed over MD5 or SHA-1, which clients refuse; a root's own signature does not count. */
    WEAK_SIGNATURE,
    /** A certificate is not followed by that of its issuer, as RFC 5246 section 7.4.2 wants it: some clients find no way to a root. */
    CHAIN_OUT_OF_ORDER,
    /** The leaf vouches for itself: only clients that were told to trust it do. */
    SELF_SIGNED,
    /** The leaf has no DNS name among its subject alternative names: no client takes it for any name (RFC 9525 section 2). */
    WITHOUT_NAMES;

    /** From when on before its end a certificate {@link #EXPIRES_SOON}. */
    public static final Duration SOON = Duration.ofDays(14);

    private static final int RSA_BITS = 2048;
    private static final int ECDSA_BITS = 256;

    /** Those of a chain at a moment, in the order above. */
    static Set<Flaw> of(Identity identity, Instant now) {
        List<X509Certificate> chain = identity.chain();
        X509Certificate leaf = chain.get(0);
        Set<Flaw> flaws = identity.validity().flaws(now);
        add(flaws, WEAK_KEY, isWeak(leaf.getPublicKey()));
        add(flaws, WEAK_SIGNATURE, chain.stream().anyMatch(Flaw::isWeaklySigned));
        add(flaws, CHAIN_OUT_OF_ORDER, !isOrdered(chain));
        add(flaws, SELF_SIGNED, isOwnIssuer(leaf));
        add(flaws, WITHOUT_NAMES, identity.dnsNames().isEmpty());
        return flaws;
    }

    private static void add(Set<Flaw> flaws, Flaw flaw, boolean there) {
        if (there) {
            flaws.add(flaw);
        }
    }

    private static boolean isWeak(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return rsa.getModulus().bitLength() < RSA_BITS;
        }
        return key instanceof ECPublicKey ec
                && ec.getParams().getCurve().getField().getFieldSize() < ECDSA_BITS;
    }

    private static boolean isWeaklySigned(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        return !isOwnIssuer(certificate) && (algorithm.startsWith("MD") || algorithm.startsWith("SHA1"));
    }

    private static boolean isOwnIssuer(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
    }

    private static boolean isOrdered(List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                return false;
            }
        }
        return true;
    }
}
