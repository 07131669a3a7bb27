package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.collection.PlacedLists;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Secret;
import dev.adit.tls.ClientTls;
import dev.adit.tls.Flaw;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What there is to say about the certificates in the Secrets by which TLS is spoken to endpoints: once for each Secret, however many
 * Ingresses name it. Not thread-safe.
 */
final class UpstreamCertificates {
    /** What matters to whoever looks at a client's certificate: none looks for DNS names in it, and its issuer may be itself. */
    private static final Set<Flaw> FLAWS = EnumSet.complementOf(EnumSet.of(Flaw.SELF_SIGNED, Flaw.WITHOUT_NAMES));

    /** What an Ingress makes of a Secret. */
    record Use(Secret secret, ClientTls tls) {}

    private final NavigableMap<Age, Use> uses = new TreeMap<>();
    private Instant until = Instant.MIN;

    /** Takes note of an Ingress. */
    void add(Age age, Use use) {
        uses.put(age, use);
        until = Instant.MIN;
    }

    /** Forgets an Ingress, if it is one of these. */
    void remove(Age age) {
        if (uses.remove(age) != null) {
            until = Instant.MIN;
        }
    }

    /** When there will be something else to say, if nothing is added or removed. */
    Instant until() {
        return until;
    }

    /** Says what there is to say at a moment, unless that was said before. */
    void report(Instant now, PlacedLists<Place, Diagnostic> report) {
        if (now.isBefore(until)) {
            return;
        }
        Findings findings = new Findings();
        CertificateFindings certificates = new CertificateFindings(now, findings);
        Set<ObjectKey> shown = new HashSet<>();
        Set<ObjectKey> trusted = new HashSet<>();
        for (Use use : uses.values()) {
            Secret secret = use.secret;
            Identity identity = use.tls.identity();
            if (identity != null && shown.add(secret.key())) {
                certificates.identity(
                        secret,
                        identity,
                        FLAWS,
                        "The certificate that endpoints are shown, in Secret "
                                + secret.metadata().path() + ",",
                        "it is shown all the same, and endpoints that verify it refuse it");
            }
            if (use.tls.verifies() && trusted.add(secret.key())) {
                certificates.authorities(
                        secret,
                        use.tls.authorities(),
                        "endpoints that nobody else vouches for are not trusted, and answered for with 502");
            }
        }
        report.put(Place.UPSTREAMS, findings.list());
        until = certificates.until();
    }
}
