package dev.adit.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * Writes certificates and lists of revoked ones, signed with ECDSA on P-256 (RFC 5280, RFC 5480).
 *
 * <pre>
 * Certificate     ::= SEQUENCE { tbs, ecdsa-with-SHA256, BIT STRING signature }
 * tbs             ::= SEQUENCE { [0] v3, serial, ecdsa-with-SHA256, issuer, validity, subject, key, [3] extensions }
 * extensions      ::= SEQUENCE { basicConstraints, subjectAltName, extKeyUsage: each if there is something to say }
 *
 * CertificateList ::= SEQUENCE { list, ecdsa-with-SHA256, BIT STRING signature }
 * list            ::= SEQUENCE { v2, ecdsa-with-SHA256, issuer, thisUpdate, nextUpdate, SEQUENCE OF { serial, date } }
 * </pre>
 */
final class CertificateWriter {
    /** What a certificate says of its owner. */
    record Subject(X500Principal name, List<String> dnsNames, boolean authority, List<byte[]> usages) {}

    /** {@code id-kp-clientAuth} of RFC 5280 section 4.2.1.12. */
    static final byte[] CLIENT_AUTH = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02};

    /** {@code id-kp-serverAuth}. */
    static final byte[] SERVER_AUTH = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};

    private static final int BIT_STRING = 0x03;
    private static final int BOOLEAN = 0x01;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int CONTEXT_3 = 0xA3;
    /** GeneralName's choice of a dNSName: context-specific, primitive, number 2. */
    private static final int DNS_NAME = 0x82;

    private static final byte[] ECDSA_WITH_SHA256 = {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x04, 0x03, 0x02};
    private static final byte[] ALGORITHM = Der.of(Der.SEQUENCE, Der.of(Der.OID, ECDSA_WITH_SHA256));
    private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1D, 0x13};
    private static final byte[] SUBJECT_ALT_NAME = {0x55, 0x1D, 0x11};
    private static final byte[] EXTENDED_KEY_USAGE = {0x55, 0x1D, 0x25};
    private static final byte[] YES = Der.of(BOOLEAN, new byte[] {(byte) 0xFF});

    private static final DateTimeFormatter SHORT =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LONG =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    /** From here on years have four digits (RFC 5280 section 4.1.2.5). */
    private static final Instant LONG_YEARS = Instant.parse("2050-01-01T00:00:00Z");

    private CertificateWriter() {}

    /** A new key on P-256. */
    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    static X509Certificate certificate(
            PublicKey key, Subject subject, X500Principal issuer, PrivateKey signer, Instant from, Instant until) {
        byte[] serial =
                new BigInteger(120, new SecureRandom()).add(BigInteger.ONE).toByteArray();
        byte[] fields = Der.of(
                Der.SEQUENCE,
                Der.of(Der.CONTEXT_0, Der.of(Der.INTEGER, new byte[] {2})),
                Der.of(Der.INTEGER, serial),
                ALGORITHM,
                issuer.getEncoded(),
                Der.of(Der.SEQUENCE, time(from), time(until)),
                subject.name.getEncoded(),
                key.getEncoded(),
                extensions(subject));
        try {
            byte[] der = signed(fields, signer);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    static X509CRL list(
            X500Principal issuer, PrivateKey signer, List<BigInteger> serials, Instant from, Instant until) {
        byte[][] entries = serials.stream()
                .map(serial -> Der.of(Der.SEQUENCE, Der.of(Der.INTEGER, serial.toByteArray()), time(from)))
                .toArray(byte[][]::new);
        List<byte[]> fields = new ArrayList<>(
                List.of(Der.of(Der.INTEGER, new byte[] {1}), ALGORITHM, issuer.getEncoded(), time(from), time(until)));
        if (entries.length > 0) {
            fields.add(Der.of(Der.SEQUENCE, entries));
        }
        try {
            byte[] der = signed(Der.of(Der.SEQUENCE, fields.toArray(byte[][]::new)), signer);
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static byte[] signed(byte[] fields, PrivateKey signer) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer);
        signature.update(fields);
        return Der.of(Der.SEQUENCE, fields, ALGORITHM, Der.of(BIT_STRING, new byte[] {0}, signature.sign()));
    }

    private static byte[] extensions(Subject subject) {
        List<byte[]> all = new ArrayList<>();
        if (subject.authority) {
            byte[] value = Der.of(Der.OCTET_STRING, Der.of(Der.SEQUENCE, YES));
            all.add(Der.of(Der.SEQUENCE, Der.of(Der.OID, BASIC_CONSTRAINTS), YES, value));
        }
        if (!subject.dnsNames.isEmpty()) {
            all.add(extension(
                    SUBJECT_ALT_NAME,
                    subject.dnsNames.stream()
                            .map(name -> Der.of(DNS_NAME, name.getBytes(StandardCharsets.UTF_8)))
                            .toArray(byte[][]::new)));
        }
        if (!subject.usages.isEmpty()) {
            all.add(extension(
                    EXTENDED_KEY_USAGE,
                    subject.usages.stream().map(usage -> Der.of(Der.OID, usage)).toArray(byte[][]::new)));
        }
        return all.isEmpty() ? new byte[0] : Der.of(CONTEXT_3, Der.of(Der.SEQUENCE, all.toArray(byte[][]::new)));
    }

    private static byte[] extension(byte[] oid, byte[][] values) {
        return Der.of(Der.SEQUENCE, Der.of(Der.OID, oid), Der.of(Der.OCTET_STRING, Der.of(Der.SEQUENCE, values)));
    }

    private static byte[] time(Instant time) {
        return time.isBefore(LONG_YEARS)
                ? Der.of(UTC_TIME, SHORT.format(time).getBytes(StandardCharsets.US_ASCII))
                : Der.of(GENERALIZED_TIME, LONG.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    /** Every Java platform has EC keys on P-256 and SHA256withECDSA. */
    private static IllegalStateException unsupported(GeneralSecurityException e) {
        return new IllegalStateException(e);
    }
}
