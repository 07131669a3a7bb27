package dev.adit.tls;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What authorities say they have revoked (RFC 5280 section 5). Nothing is ever fetched. Every certificate of a path needs a current list of its
 * own issuer, signed by that; lists of a part of the certificates, or of changes only, are not taken.
 *
 * <p>Safe for any number of threads.
 */
final class RevocationLists {
    /** Index of cRLSign in a key usage (RFC 5280 section 4.2.1.3). */
    private static final int CRL_SIGN = 6;

    private final Map<X500Principal, List<Signed>> byIssuer = new HashMap<>();

    private RevocationLists() {}

    static RevocationLists of(List<X509CRL> lists) throws PemException {
        RevocationLists all = new RevocationLists();
        for (X509CRL list : lists) {
            Set<String> critical = list.getCriticalExtensionOIDs();
            if (critical != null && !critical.isEmpty()) {
                throw new PemException("a list of revoked certificates is not of all that its issuer has revoked");
            }
            all.byIssuer
                    .computeIfAbsent(list.getIssuerX500Principal(), name -> new ArrayList<>())
                    .add(new Signed(list));
        }
        return all;
    }

    /** Why {@code certificate} of {@code issuer} is not to be believed, or null. */
    @Nullable
    String objection(X509Certificate certificate, X509Certificate issuer, Instant now) {
        boolean current = false;
        boolean any = false;
        for (Signed list : byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of())) {
            if (list.isOf(issuer)) {
                if (list.crl.isRevoked(certificate)) {
                    return "certificate revoked";
                }
                any = true;
                current |= list.validity.contains(now);
            }
        }
        return current ? null : any ? "CRL has expired" : "unable to get certificate CRL";
    }

    /** The earliest end of a list that speaks of what {@code issuer} has issued, if that is before {@code end}, else {@code end}. */
    Instant until(X500Principal issuer, Instant end) {
        Instant earliest = end;
        for (Signed list : byIssuer.getOrDefault(issuer, List.of())) {
            if (list.validity.end().isBefore(earliest)) {
                earliest = list.validity.end();
            }
        }
        return earliest;
    }

    /** When each issuer's last list is current. */
    List<Validity> validities() {
        return byIssuer.values().stream()
                .map(lists -> lists.stream()
                        .map(list -> list.validity)
                        .max(Comparator.comparing(Validity::end))
                        .orElseThrow())
                .toList();
    }

    /** A list, and whose signature on it was found good: it may be long, so that is looked at once. */
    private static final class Signed {
        final X509CRL crl;
        final Validity validity;
        private volatile @Nullable PublicKey signer;

        Signed(X509CRL crl) {
            this.crl = crl;
            Date next = crl.getNextUpdate();
            validity = new Validity(crl.getThisUpdate().toInstant(), next == null ? Instant.MAX : next.toInstant());
        }

        boolean isOf(X509Certificate issuer) {
            boolean[] usage = issuer.getKeyUsage();
            if (usage != null && !usage[CRL_SIGN]) {
                return false;
            }
            if (issuer.getPublicKey().equals(signer)) {
                return true;
            }
            try {
                crl.verify(issuer.getPublicKey());
                signer = issuer.getPublicKey();
                return true;
            } catch (GeneralSecurityException | RuntimeException e) { // providers throw either at keys of another kind
                return false;
            }
        }
    }
}
