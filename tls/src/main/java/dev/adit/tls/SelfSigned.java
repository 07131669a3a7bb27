package dev.adit.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Makes certificates that vouch for themselves: for defaults, demos and tests. ECDSA on P-256 (RFC 5280, RFC 5480).
 *
 * <pre>
 * Certificate   ::= SEQUENCE { tbs, ecdsa-with-SHA256, BIT STRING signature }
 * tbs           ::= SEQUENCE { [0] v3, serial, ecdsa-with-SHA256, issuer, validity, subject = issuer, key, [3] extensions }
 * extensions    ::= SEQUENCE { basicConstraints: CA (it is its own issuer), subjectAltName: names }
 * </pre>
 */
final class SelfSigned {
    private static final int BIT_STRING = 0x03;
    private static final int BOOLEAN = 0x01;
    private static final int UTF8_STRING = 0x0C;
    private static final int SET = 0x31;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int CONTEXT_3 = 0xA3;
    /** GeneralName's choice of a dNSName: context-specific, primitive, number 2. */
    private static final int DNS_NAME = 0x82;

    private static final byte[] ECDSA_WITH_SHA256 = {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x04, 0x03, 0x02};
    private static final byte[] COMMON_NAME = {0x55, 0x04, 0x03};
    private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1D, 0x13};
    private static final byte[] SUBJECT_ALT_NAME = {0x55, 0x1D, 0x11};
    private static final byte[] YES = {(byte) 0xFF};

    private static final DateTimeFormatter SHORT =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LONG =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    /** From here on years have four digits (RFC 5280 section 4.1.2.5). */
    private static final Instant LONG_YEARS = Instant.parse("2050-01-01T00:00:00Z");

    private SelfSigned() {}

    static Identity identity(String label, List<String> names, Instant notBefore, Instant notAfter) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] algorithm = Der.of(Der.SEQUENCE, Der.of(Der.OID, ECDSA_WITH_SHA256));
            byte[] tbs = tbs(keys, algorithm, names, notBefore, notAfter);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(tbs);
            byte[] certificate = Der.of(Der.SEQUENCE, tbs, algorithm, bits(signature.sign()));
            X509Certificate read = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
            return Identity.of(label, keys.getPrivate(), List.of(read));
        } catch (GeneralSecurityException e) {
            // Every Java platform has EC keys on P-256 and SHA256withECDSA.
            throw new IllegalStateException(e);
        }
    }

    private static byte[] tbs(KeyPair keys, byte[] algorithm, List<String> names, Instant notBefore, Instant notAfter) {
        byte[] commonName = text(UTF8_STRING, "Adit self-signed");
        byte[] name = Der.of(Der.SEQUENCE, Der.of(SET, Der.of(Der.SEQUENCE, Der.of(Der.OID, COMMON_NAME), commonName)));
        byte[] validity = Der.of(Der.SEQUENCE, time(notBefore), time(notAfter));
        byte[] serial =
                new BigInteger(120, new SecureRandom()).add(BigInteger.ONE).toByteArray();
        byte[] version3 = Der.of(Der.CONTEXT_0, Der.of(Der.INTEGER, new byte[] {2}));
        return Der.of(
                Der.SEQUENCE,
                version3,
                Der.of(Der.INTEGER, serial),
                algorithm,
                name,
                validity,
                name,
                keys.getPublic().getEncoded(),
                Der.of(CONTEXT_3, extensions(names)));
    }

    private static byte[] extensions(List<String> names) {
        byte[] constraints = Der.of(Der.SEQUENCE, Der.of(BOOLEAN, YES));
        byte[][] general = names.stream().map(n -> text(DNS_NAME, n)).toArray(byte[][]::new);
        byte[] basic = Der.of(
                Der.SEQUENCE,
                Der.of(Der.OID, BASIC_CONSTRAINTS),
                Der.of(BOOLEAN, YES),
                Der.of(Der.OCTET_STRING, constraints));
        byte[] alternatives = Der.of(
                Der.SEQUENCE,
                Der.of(Der.OID, SUBJECT_ALT_NAME),
                Der.of(Der.OCTET_STRING, Der.of(Der.SEQUENCE, general)));
        return names.isEmpty() ? Der.of(Der.SEQUENCE, basic) : Der.of(Der.SEQUENCE, basic, alternatives);
    }

    private static byte[] time(Instant time) {
        return time.isBefore(LONG_YEARS)
                ? text(UTC_TIME, SHORT.format(time))
                : text(GENERALIZED_TIME, LONG.format(time));
    }

    private static byte[] text(int tag, String text) {
        return Der.of(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bits(byte[] content) {
        return Der.of(BIT_STRING, new byte[] {0}, content);
    }
}
