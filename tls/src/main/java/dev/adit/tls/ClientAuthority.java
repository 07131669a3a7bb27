package dev.adit.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server believes about its clients: authorities, what they have revoked, and how many of others may stand between them and a
 * client. Two are equal only if they are the same object.
 *
 * <pre>
 *   leaf ─issuer─▶ one of the authorities, by name and signature? ──yes──▶ RFC 5280 over that path ──▶ CRLs
 *     ▲                │ no: the first of the client's other certificates with that name, at most depth of them
 *     └────────────────┘
 * </pre>
 *
 * There is one path to look at, however many a client makes possible: searching for one would be work at its command. Every authority is
 * trusted as it stands, whether it vouches for itself or not. Nothing is ever fetched.
 *
 * <p>Safe for any number of threads.
 */
public final class ClientAuthority {
    /** How many intermediate authorities may stand in a path where nothing else is said. */
    public static final int DEFAULT_DEPTH = 1;

    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int CERTIFICATE_SIGN = 5;

    private final String label;
    private final List<X509Certificate> authorities;
    private final @Nullable RevocationLists lists;
    private final int depth;

    private ClientAuthority(
            String label, List<X509Certificate> authorities, @Nullable RevocationLists lists, int depth) {
        this.label = label;
        this.authorities = authorities;
        this.lists = lists;
        this.depth = depth;
    }

    /** What there is to say about a chain. */
    public enum Result {
        /** It leads to an authority, and nothing speaks against it. */
        GOOD,
        /** There is none. */
        NONE,
        /** It leads to nobody who is known here. */
        UNKNOWN_ISSUER,
        /** It is not to be believed for another reason. */
        BAD
    }

    /**
     * A judgement.
     *
     * @param reason why it is not {@link Result#GOOD}, in words of ours; empty otherwise
     * @param until how long a good one stands: after that something in it is over
     */
    public record Verdict(Result result, String reason, Instant until) {
        /** About no certificate. */
        public static final Verdict NONE = new Verdict(Result.NONE, "", Instant.MAX);

        /** As nginx words it for upstreams: {@code SUCCESS}, {@code NONE} or {@code FAILED:reason}. */
        public String text() {
            return switch (result) {
                case GOOD -> "SUCCESS";
                case NONE -> "NONE";
                case UNKNOWN_ISSUER, BAD -> "FAILED:" + reason;
            };
        }
    }

    /**
     * Reads PEM: {@code ca.crt} and {@code ca.crl} of a Secret.
     *
     * @param label where it comes from, such as {@code namespace/name} of a Secret; is shown in logs
     * @param certificates the authorities: at most 1 MiB and 100 certificates
     * @param revoked their lists of revoked certificates, or null if revocation is not looked at; if there are any, each authority on a
     *     client's path needs one
     * @throws PemException with a reason that holds nothing of the text
     */
    public static ClientAuthority fromPem(String label, byte[] certificates, byte @Nullable [] revoked)
            throws PemException {
        List<X509Certificate> authorities = List.copyOf(Pem.certificates(certificates));
        for (X509Certificate authority : authorities) {
            if (authority.getExtensionValue(NAME_CONSTRAINTS) != null && !isSelfIssued(authority)) {
                throw new PemException("an authority with name constraints does not vouch for itself");
            }
        }
        RevocationLists lists = revoked == null ? null : RevocationLists.of(Pem.revocationLists(revoked));
        return new ClientAuthority(label, authorities, lists, DEFAULT_DEPTH);
    }

    /**
     * The same with another limit.
     *
     * @param limit how many intermediate certificates a path may have, neither the client's own nor the authority's among them; 0 or more
     */
    public ClientAuthority withDepth(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("negative: " + limit);
        }
        return new ClientAuthority(label, authorities, lists, limit);
    }

    /** Where it comes from. */
    public String label() {
        return label;
    }

    /** The authorities; unmodifiable, not empty. */
    public List<X509Certificate> authorities() {
        return authorities;
    }

    /**
     * When what issuers say about what they revoked is current: one for each issuer, of several lists that which ends last. Empty if
     * revocation is not looked at.
     */
    public List<Validity> revocations() {
        return lists == null ? List.of() : lists.validities();
    }

    /** Judges what a client showed, as of {@code now}. Verifies a signature for each certificate of the path: about a millisecond. */
    public Verdict verify(ClientChain chain, Instant now) {
        X509Certificate leaf = chain.leaf();
        if (leaf == null) {
            return chain.isEmpty() ? Verdict.NONE : bad(chain.problem());
        }
        List<X509Certificate> path = new ArrayList<>(List.of(leaf));
        for (X509Certificate last = leaf; ; ) {
            X509Certificate anchor = issuer(last, now);
            if (anchor != null) {
                return judge(path, anchor, now);
            }
            if (isSelfIssued(last)) {
                return unknown("self-signed certificate");
            }
            X509Certificate next = next(last, chain.certificates(), path);
            if (next == null) {
                return unknown("unable to get issuer certificate");
            }
            if (path.size() > depth) {
                return bad("certificate chain too long");
            }
            path.add(next);
            last = next;
        }
    }

    /** Whoever of the authorities has signed {@code certificate}: of several, one that is valid. */
    private @Nullable X509Certificate issuer(X509Certificate certificate, Instant now) {
        X509Certificate found = null;
        for (X509Certificate authority : authorities) {
            if (authority.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                    && (mayIssue(authority) || authority.equals(certificate))
                    && hasSigned(authority, certificate)) {
                if (isValid(authority, now)) {
                    return authority;
                }
                found = authority;
            }
        }
        return found;
    }

    private static boolean hasSigned(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException | RuntimeException e) { // providers throw either at keys of another kind
            return false;
        }
    }

    private static boolean mayIssue(X509Certificate authority) {
        boolean[] usage = authority.getKeyUsage();
        // Before version 3 there was no way to say it.
        boolean is = authority.getBasicConstraints() >= 0 || authority.getVersion() < 3 && isSelfIssued(authority);
        return is && (usage == null || usage[CERTIFICATE_SIGN]);
    }

    private static @Nullable X509Certificate next(
            X509Certificate last, List<X509Certificate> shown, List<X509Certificate> path) {
        for (X509Certificate candidate : shown) {
            if (candidate.getSubjectX500Principal().equals(last.getIssuerX500Principal())
                    && !path.contains(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private Verdict judge(List<X509Certificate> path, X509Certificate anchor, Instant now) {
        if (!isValid(anchor, now)) {
            return bad("CA certificate is not valid now");
        }
        int allowed = anchor.getBasicConstraints();
        if (allowed >= 0 && path.size() - 1 > allowed) {
            return bad("path length constraint exceeded");
        }
        if (!path.stream().allMatch(ClientAuthority::isForClients) || !signs(path.get(0))) {
            return bad("unsuitable certificate purpose");
        }
        String problem = problem(path, anchor, now);
        if (!problem.isEmpty()) {
            return bad(problem);
        }
        Instant until = anchor.getNotAfter().toInstant();
        for (int i = 0; i < path.size(); i++) {
            X509Certificate certificate = path.get(i);
            X509Certificate issuer = i + 1 < path.size() ? path.get(i + 1) : anchor;
            String objection = lists == null ? null : lists.objection(certificate, issuer, now);
            if (objection != null) {
                return bad(objection);
            }
            Instant end = certificate.getNotAfter().toInstant();
            until = end.isBefore(until) ? end : until;
            until = lists == null ? until : lists.until(certificate.getIssuerX500Principal(), until);
        }
        return new Verdict(Result.GOOD, "", until);
    }

    /** What RFC 5280 section 6 has against a path; empty if nothing. */
    private static String problem(List<X509Certificate> path, X509Certificate anchor, Instant now) {
        List<X509Certificate> all = new ArrayList<>(path);
        if (anchor.getExtensionValue(NAME_CONSTRAINTS) != null) {
            all.add(anchor); // those of a trust anchor are not looked at, those of a path are
        }
        try {
            CertPath looked = CertificateFactory.getInstance("X.509").generateCertPath(all);
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setDate(Date.from(now));
            parameters.setRevocationEnabled(false); // it would fetch lists, and from wherever a certificate says
            CertPathValidator.getInstance("PKIX").validate(looked, parameters);
            return "";
        } catch (CertPathValidatorException e) {
            return words(e.getReason());
        } catch (GeneralSecurityException | RuntimeException e) { // at what passed the parser and is still wrong
            return "certificate cannot be read";
        }
    }

    private static String words(CertPathValidatorException.Reason reason) {
        if (reason == BasicReason.EXPIRED) {
            return "certificate has expired";
        } else if (reason == BasicReason.NOT_YET_VALID) {
            return "certificate is not yet valid";
        } else if (reason == BasicReason.INVALID_SIGNATURE) {
            return "certificate signature failure";
        } else if (reason == BasicReason.ALGORITHM_CONSTRAINED) {
            return "key or signature too weak";
        } else if (reason == PKIXReason.NOT_CA_CERT) {
            return "invalid CA certificate";
        } else if (reason == PKIXReason.PATH_TOO_LONG) {
            return "path length constraint exceeded";
        } else if (reason == PKIXReason.INVALID_NAME) {
            return "name not permitted";
        }
        return "certificate rejected";
    }

    private static boolean isForClients(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null || usages.contains(CLIENT_AUTH) || usages.contains(ANY_USAGE);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static boolean signs(X509Certificate leaf) {
        boolean[] usage = leaf.getKeyUsage();
        return usage == null || usage[DIGITAL_SIGNATURE];
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        try {
            certificate.checkValidity(Date.from(now));
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static boolean isSelfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static Verdict bad(String reason) {
        return new Verdict(Result.BAD, Objects.requireNonNull(reason), Instant.MAX);
    }

    private static Verdict unknown(String reason) {
        return new Verdict(Result.UNKNOWN_ISSUER, reason, Instant.MAX);
    }

    /** The label and how many there are. */
    @Override
    public String toString() {
        return "ClientAuthority[" + label + " " + authorities.size() + " authorities]";
    }
}
