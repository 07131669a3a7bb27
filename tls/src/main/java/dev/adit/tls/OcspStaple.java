package dev.adit.tls;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An authority's word, in DER, that a certificate is not revoked (RFC 6960), which a server may show its clients instead of letting each
 * of them ask (RFC 6066 section 8). The JDK verifies it; only when it ends has to be read here:
 *
 * <pre>
 *  OCSPResponse  SEQUENCE { ENUMERATED status, [0] { SEQUENCE { OID basic, OCTET STRING } } }         RFC 6960 section 4.2.1
 *  basic         SEQUENCE { data, algorithm, signature, certificates }
 *  data          SEQUENCE { [0] version OPTIONAL, responder, time, SEQUENCE OF single, ... }
 *  single        SEQUENCE { id { algorithm, name, key, INTEGER serial }, status, time this, [0] { time next } OPTIONAL, ... }
 * </pre>
 *
 * Immutable, safe for any number of threads.
 */
public final class OcspStaple {
    /** Longer ones would make handshakes longer than clients take. */
    private static final int MAX_OCTETS = 16 << 10;

    private static final int ENUMERATED = 0x0A;
    private static final int TIME = 0x18;
    private static final String IT = "it";
    private static final String BASIC = "2b0601050507300101";
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'");

    /** How far clocks may be apart, as the JDK has it. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(15);

    private final byte[] der;
    private final Validity validity;

    private OcspStaple(byte[] der, Validity validity) {
        this.der = der;
        this.validity = validity;
    }

    /**
     * Reads and verifies a response.
     *
     * @param der at most 16 KiB; is copied
     * @param chain whose leaf it is about; the leaf's issuer must follow it, as its key signed the response or vouches for who did
     * @param now must be before its end; if it is not good yet, it is verified as of its beginning
     * @throws PemException if it is something else, about another certificate, not signed by whoever may, says that the certificate is
     *     revoked or unknown, is out of date, or does not say until when it is good; the message says of "it" why
     */
    public static OcspStaple of(byte[] der, List<X509Certificate> chain, Instant now) throws PemException {
        if (der.length > MAX_OCTETS) {
            throw new PemException("it is longer than " + MAX_OCTETS + " octets");
        }
        if (chain.size() < 2) {
            throw new PemException("it cannot be verified, as the chain holds no certificate of the issuer");
        }
        byte[] copy = der.clone();
        Validity validity = validity(copy, chain.get(0).getSerialNumber());
        if (!now.isBefore(validity.end())) {
            throw new PemException("it was good until " + validity.end());
        }
        Instant begin = validity.and(Validity.of(chain.get(0))).from();
        verify(copy, chain, begin.isAfter(now) ? begin : now);
        return new OcspStaple(copy, validity);
    }

    private static void verify(byte[] der, List<X509Certificate> chain, Instant now) throws PemException {
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            // It must not ask anybody itself.
            checker.setOptions(
                    EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK, PKIXRevocationChecker.Option.ONLY_END_ENTITY));
            checker.setOcspResponses(Map.of(chain.get(0), der));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(chain.get(1), null)));
            parameters.addCertPathChecker(checker);
            parameters.setDate(Date.from(now));
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, 1));
            validator.validate(path, parameters);
        } catch (GeneralSecurityException | RuntimeException e) { // the parser throws either at damage
            throw new PemException("it does not prove that the certificate is good: " + e.getMessage());
        }
    }

    private static Validity validity(byte[] der, BigInteger serial) throws PemException {
        Der response = new Der(der, IT).inside(Der.SEQUENCE);
        byte[] status = response.content(ENUMERATED);
        if (status.length != 1 || status[0] != 0) {
            throw new PemException("it is a refusal to answer");
        }
        Der bytes = response.inside(Der.CONTEXT_0).inside(Der.SEQUENCE);
        if (!HexFormat.of().formatHex(bytes.content(Der.OID)).equals(BASIC)) {
            throw new PemException("it is of a kind that is not supported");
        }
        Der data = bytes.inside(Der.OCTET_STRING).inside(Der.SEQUENCE).inside(Der.SEQUENCE);
        if (data.next(Der.CONTEXT_0)) {
            data.skip();
        }
        data.skip();
        data.skip();
        return validity(data.inside(Der.SEQUENCE), serial);
    }

    private static Validity validity(Der singles, BigInteger serial) throws PemException {
        while (singles.hasMore()) {
            Der single = singles.inside(Der.SEQUENCE);
            Der id = single.inside(Der.SEQUENCE);
            id.skip();
            id.skip();
            id.skip();
            if (serial.equals(number(id.content(Der.INTEGER)))) {
                single.skip();
                Instant thisUpdate = time(single.content(TIME));
                if (!single.next(Der.CONTEXT_0)) {
                    throw new PemException("it does not say until when it is good");
                }
                Instant nextUpdate = time(single.inside(Der.CONTEXT_0).content(TIME));
                return new Validity(thisUpdate.minus(CLOCK_DIFFERENCE), nextUpdate);
            }
        }
        throw new PemException("it is about another certificate");
    }

    private static BigInteger number(byte[] content) throws PemException {
        if (content.length == 0) {
            throw new PemException("it has a number without digits");
        }
        return new BigInteger(content);
    }

    /** RFC 5280 section 4.1.2.5.2: seconds, no fractions, always in UTC. */
    private static Instant time(byte[] text) throws PemException {
        try {
            return LocalDateTime.parse(new String(text, StandardCharsets.ISO_8859_1), FORMAT)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new PemException("it has a date that cannot be read");
        }
    }

    /** The response in DER; a copy. */
    public byte[] der() {
        return der.clone();
    }

    /**
     * When it is good (RFC 6960 section 4.2.2.1): clients refuse it before and after. Begins a quarter of an hour before its date, as far as
     * clocks may be apart.
     */
    public Validity validity() {
        return validity;
    }

    /** Until when it is good. */
    @Override
    public String toString() {
        return "OcspStaple[until " + validity.end() + "]";
    }
}
