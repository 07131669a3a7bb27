package dev.adit.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * When something is good that is good for a time: a certificate, or a list of revoked ones.
 *
 * @param from the first moment
 * @param end when it is over; {@link Instant#MAX} for never
 */
public record Validity(Instant from, Instant end) {
    /** That of a certificate (RFC 5280 section 4.1.2.5). */
    public static Validity of(X509Certificate certificate) {
        return new Validity(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    /** Where both are good. */
    Validity and(Validity other) {
        return new Validity(from.isAfter(other.from) ? from : other.from, end.isBefore(other.end) ? end : other.end);
    }

    /** Whether it is good at a moment. */
    public boolean contains(Instant now) {
        return !now.isBefore(from) && now.isBefore(end);
    }

    /** Of {@link Flaw#EXPIRED}, {@link Flaw#NOT_YET_VALID} and {@link Flaw#EXPIRES_SOON} those it has at a moment. */
    public Set<Flaw> flaws(Instant now) {
        Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
        if (!now.isBefore(end)) {
            flaws.add(Flaw.EXPIRED);
        } else if (!now.isBefore(soon())) {
            flaws.add(Flaw.EXPIRES_SOON);
        }
        if (now.isBefore(from)) {
            flaws.add(Flaw.NOT_YET_VALID);
        }
        return flaws;
    }

    /** When {@link #flaws} will differ from those at {@code now}; {@link Instant#MAX} for never. */
    public Instant nextChange(Instant now) {
        return Stream.of(from, soon(), end)
                .filter(now::isBefore)
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    private Instant soon() {
        return end.minus(Flaw.SOON);
    }
}
