package dev.adit.compile;

import dev.adit.annotation.Findings;
import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.Secret;
import dev.adit.tls.Flaw;
import dev.adit.tls.Identity;
import dev.adit.tls.Validity;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Words what is wrong with certificates, and with what else is good for a time, the same wherever they are used. It speaks of one moment,
 * and knows until when there is nothing else to say. Not thread-safe.
 */
final class CertificateFindings {
    private static final String FIELD = "data";
    private static final Set<Flaw> OF_TIME = EnumSet.of(Flaw.EXPIRED, Flaw.NOT_YET_VALID, Flaw.EXPIRES_SOON);

    private final Instant now;
    private final Findings findings;
    private Instant until = Instant.MAX;

    CertificateFindings(Instant now, Findings findings) {
        this.now = now;
        this.findings = findings;
    }

    /** The moment of which it speaks. */
    Instant now() {
        return now;
    }

    /** When time alone makes another answer to something that was asked or reported here; {@link Instant#MAX} for never. */
    Instant until() {
        return until;
    }

    /** Whether {@code then} has come. */
    boolean hasCome(Instant then) {
        boolean come = !now.isBefore(then);
        if (!come) {
            holdsUntil(then);
        }
        return come;
    }

    /** What is wrong with an identity. */
    Set<Flaw> flaws(Identity identity) {
        holdsUntil(identity.validity().nextChange(now));
        return identity.flaws(now);
    }

    private void holdsUntil(Instant then) {
        until = then.isBefore(until) ? then : until;
    }

    /**
     * Reports what is wrong with an identity.
     *
     * @param which the flaws that matter
     * @param subject what it is and where, as sentences begin
     * @param so what follows while it is not valid
     */
    void identity(Secret secret, Identity identity, Set<Flaw> which, String subject, String so) {
        for (Flaw flaw : flaws(identity)) {
            if (!which.contains(flaw)) {
                continue;
            }
            switch (flaw) {
                case EXPIRED, NOT_YET_VALID, EXPIRES_SOON ->
                    ofTime(secret, flaw, certificate(flaw), List.of(identity.validity()), subject, so);
                case WEAK_KEY ->
                    warn(secret, Code.CERTIFICATE_WEAK, subject + " has a key that is too short.", Effect.NONE);
                case WEAK_SIGNATURE ->
                    warn(
                            secret,
                            Code.CERTIFICATE_WEAK,
                            subject + " or its chain is signed over MD5 or SHA-1.",
                            Effect.NONE);
                case CHAIN_OUT_OF_ORDER ->
                    warn(
                            secret,
                            Code.CERTIFICATE_CHAIN,
                            subject + " is not followed by that of its issuer, and so on up.",
                            Effect.NONE);
                case WITHOUT_NAMES ->
                    warn(
                            secret,
                            Code.CERTIFICATE_WITHOUT_NAMES,
                            subject + " has no DNS name that clients look at.",
                            Effect.NONE);
                case SELF_SIGNED ->
                    findings.info(
                            Code.CERTIFICATE_SELF_SIGNED,
                            secret,
                            FIELD,
                            subject + " vouches for itself: only clients that were told to trust it do.",
                            Effect.NONE);
            }
        }
    }

    /** Reports authorities that are not valid, or not for long. {@code so} follows for each while it is not. */
    void authorities(Secret secret, Collection<X509Certificate> authorities, String so) {
        String subject =
                "A certificate of an authority in Secret " + secret.metadata().path();
        List<Validity> validities = authorities.stream().map(Validity::of).toList();
        OF_TIME.forEach(flaw -> ofTime(secret, flaw, certificate(flaw), validities, subject, so));
    }

    /** The same for lists of revoked certificates. */
    void revocations(Secret secret, List<Validity> lists, String so) {
        String subject =
                "A list of revoked certificates in Secret " + secret.metadata().path();
        OF_TIME.forEach(flaw -> ofTime(secret, flaw, list(flaw), lists, subject, so));
    }

    /** Those that have one flaw make one finding, however many there are. */
    private void ofTime(
            Secret secret, Flaw flaw, Code code, Collection<Validity> validities, String subject, String so) {
        validities.forEach(validity -> holdsUntil(validity.nextChange(now)));
        List<Instant> times = validities.stream()
                .filter(validity -> validity.flaws(now).contains(flaw))
                .map(flaw == Flaw.NOT_YET_VALID ? Validity::from : Validity::end)
                .sorted()
                .toList();
        if (times.isEmpty()) {
            return;
        }
        String text = switch (flaw) {
                    case EXPIRED -> " expired at ";
                    case NOT_YET_VALID -> " is not valid before ";
                    default -> " expires at ";
                }
                + times.get(0)
                + (times.size() == 1 ? "" : " (the first of " + times.size() + ")")
                + (flaw == Flaw.EXPIRED ? ": " : flaw == Flaw.NOT_YET_VALID ? ": until then " : ": then ")
                + so
                + ".";
        warn(secret, code, subject + text, flaw == Flaw.EXPIRES_SOON ? Effect.NONE : Effect.NOT_TRUSTED);
    }

    private void warn(Secret secret, Code code, String message, Effect effect) {
        findings.warning(code, secret, FIELD, message, effect, "");
    }

    private static Code certificate(Flaw flaw) {
        return switch (flaw) {
            case EXPIRED -> Code.CERTIFICATE_EXPIRED;
            case NOT_YET_VALID -> Code.CERTIFICATE_NOT_YET_VALID;
            default -> Code.CERTIFICATE_EXPIRES_SOON;
        };
    }

    private static Code list(Flaw flaw) {
        return switch (flaw) {
            case EXPIRED -> Code.CRL_EXPIRED;
            case NOT_YET_VALID -> Code.CRL_NOT_YET_VALID;
            default -> Code.CRL_EXPIRES_SOON;
        };
    }
}
