package dev.adit.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM (RFC 7468) with nothing but the JDK. The JDK reads private keys as PKCS#8 only, so the two older forms get a
 * PKCS#8 envelope around them:
 *
 * <pre>
 *   PRIVATE KEY      PKCS#8, RFC 5958   SEQUENCE { version, algorithm, OCTET STRING key, ... }
 *   RSA PRIVATE KEY  PKCS#1, RFC 8017   key                             algorithm = rsaEncryption
 *   EC PRIVATE KEY   SEC1,   RFC 5915   key = { 1, d, [0] curve, ... }  algorithm = { ecPublicKey, curve }
 *   EC PARAMETERS                       curve, for an EC PRIVATE KEY without [0]
 * </pre>
 *
 * Text around the blocks and blocks of other kinds are passed over, as OpenSSL does.
 */
final class Pem {
    /** The most octets one PEM text may have: a Secret as a whole may have 1 MiB. */
    static final int MAX_OCTETS = 1 << 20;

    /** The most certificates one chain may have. */
    static final int MAX_CERTIFICATES = 100;

    /** The most certificates that may be trusted: public bundles have about 150. */
    static final int MAX_AUTHORITIES = 1_000;

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** AlgorithmIdentifier {@code { rsaEncryption, NULL }}. */
    private static final byte[] RSA_ENCRYPTION = hex("300d06092a864886f70d0101010500");

    /** OBJECT IDENTIFIER {@code ecPublicKey}. */
    private static final byte[] EC_PUBLIC_KEY = hex("06072a8648ce3d0201");

    /** The content of an algorithm's OBJECT IDENTIFIER to the name of its {@link KeyFactory}. */
    private static final Map<String, String> KEY_FACTORIES = Map.of(
            "2a864886f70d010101", "RSA",
            "2a864886f70d01010a", "RSASSA-PSS",
            "2a8648ce3d0201", "EC",
            "2b6570", "Ed25519",
            "2b6571", "Ed448");

    private Pem() {}

    /** Every certificate of the text, in its order; at least one. */
    static List<X509Certificate> certificates(byte[] pem) throws PemException {
        return certificates(pem, MAX_CERTIFICATES);
    }

    /** Every certificate of the text, at most so many. */
    static List<X509Certificate> certificates(byte[] pem, int most) throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem, "the certificate")) {
            if (block.is("CERTIFICATE") || block.is("X509 CERTIFICATE")) {
                if (certificates.size() == most) {
                    throw new PemException("there are more than " + most + " certificates");
                }
                certificates.add(certificate(block.decode("certificate " + (certificates.size() + 1))));
            }
        }
        if (certificates.isEmpty()) {
            throw new PemException("there is no CERTIFICATE block");
        }
        return certificates;
    }

    /** Every list of revoked certificates in the text, in its order; at least one. */
    static List<X509CRL> revocationLists(byte[] pem) throws PemException {
        List<X509CRL> lists = new ArrayList<>();
        for (Block block : blocks(pem, "the list of revoked certificates")) {
            if (block.is("X509 CRL")) {
                if (lists.size() == MAX_CERTIFICATES) {
                    throw new PemException("there are more than " + MAX_CERTIFICATES + " lists");
                }
                lists.add(revocationList(block.decode("list " + (lists.size() + 1))));
            }
        }
        if (lists.isEmpty()) {
            throw new PemException("there is no X509 CRL block");
        }
        return lists;
    }

    private static X509CRL revocationList(byte[] der) throws PemException {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (CRLException | CertificateException | RuntimeException e) { // as for a certificate
            throw new PemException("an X509 CRL block holds no valid list of revoked certificates");
        }
    }

    /** A certificate as PEM. */
    static String text(X509Certificate certificate) {
        try {
            return text("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("it was decoded before", e);
        }
    }

    /** RFC 7468 section 2: lines of 64 characters. */
    static String text(String label, byte[] der) {
        return BEGIN + label + DASHES + "\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n" + END + label + DASHES + "\n";
    }

    private static X509Certificate certificate(byte[] der) throws PemException {
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (in.available() > 0) {
                throw new PemException("octets follow a certificate inside its block");
            }
            return certificate;
        } catch (CertificateException
                | RuntimeException e) { // the parser throws either at damage; its message may show the input
            throw new PemException("a CERTIFICATE block holds no valid X.509 certificate");
        }
    }

    /** The first private key of the text. */
    static PrivateKey privateKey(byte[] pem) throws PemException {
        byte @Nullable [] curve = null;
        for (Block block : blocks(pem, "the private key")) {
            if (block.is("EC PARAMETERS")) {
                curve = block.decode("EC PARAMETERS");
            } else if (block.is("PRIVATE KEY")) {
                return pkcs8(block.decode("the private key"));
            } else if (block.is("RSA PRIVATE KEY")) {
                return key(RSA_ENCRYPTION, block.decode("the private key"));
            } else if (block.is("EC PRIVATE KEY")) {
                return sec1(block.decode("the private key"), curve);
            } else if (block.is("ENCRYPTED PRIVATE KEY")) {
                throw encrypted();
            } else if (block.label.endsWith("PRIVATE KEY")) {
                throw new PemException(
                        "the private key is of a kind that is not supported; use PKCS#8, PKCS#1 or SEC1");
            }
        }
        throw new PemException("there is no PRIVATE KEY block");
    }

    /** Taken apart and put together again, so that what RFC 5958 adds (version 1, attributes, public key) does no harm. */
    private static PrivateKey pkcs8(byte[] der) throws PemException {
        Der info = new Der(new Der(der).content(Der.SEQUENCE));
        info.content(Der.INTEGER);
        byte[] algorithm = info.value(Der.SEQUENCE);
        return key(algorithm, info.content(Der.OCTET_STRING));
    }

    private static PrivateKey sec1(byte[] der, byte @Nullable [] separateCurve) throws PemException {
        Der fields = new Der(new Der(der).content(Der.SEQUENCE));
        fields.content(Der.INTEGER);
        fields.content(Der.OCTET_STRING);
        byte[] curve = fields.next(Der.CONTEXT_0) ? fields.content(Der.CONTEXT_0) : separateCurve;
        if (curve == null) {
            throw new PemException("the EC private key does not name its curve");
        }
        return key(Der.of(Der.SEQUENCE, EC_PUBLIC_KEY, curve), der);
    }

    private static PrivateKey key(byte[] algorithm, byte[] key) throws PemException {
        byte[] oid = new Der(new Der(algorithm).content(Der.SEQUENCE)).content(Der.OID);
        String name = KEY_FACTORIES.get(HexFormat.of().formatHex(oid));
        if (name == null) {
            throw new PemException("the private key's algorithm is not supported; use RSA, ECDSA or Ed25519");
        }
        byte[] version0 = {Der.INTEGER, 1, 0};
        byte[] envelope = Der.of(Der.SEQUENCE, version0, algorithm, Der.of(Der.OCTET_STRING, key));
        try {
            return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(envelope));
        } catch (GeneralSecurityException | RuntimeException e) { // as for a certificate
            throw new PemException(
                    "the private key is not a valid " + name + " key, or its curve or size is not supported");
        }
    }

    private static PemException encrypted() {
        return new PemException("the private key is encrypted; store it without a passphrase");
    }

    private static List<Block> blocks(byte[] pem, String what) throws PemException {
        if (pem.length > MAX_OCTETS) {
            throw new PemException(what + " is longer than " + MAX_OCTETS + " octets");
        }
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        int at = 0;
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, at)) {
            int label = begin + BEGIN.length();
            int body = text.indexOf(DASHES, label);
            if (body < 0 || text.substring(label, body).indexOf('\n') >= 0) {
                throw new PemException(what + " has a broken BEGIN line");
            }
            String end = END + text.substring(label, body) + DASHES;
            int stop = text.indexOf(end, body);
            if (stop < 0) {
                throw new PemException(what + " has a block without its END line");
            }
            blocks.add(new Block(text.substring(label, body), text.substring(body + DASHES.length(), stop)));
            at = stop + end.length();
        }
        return blocks;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /** What stands between a BEGIN line and its END line. */
    private static final class Block {
        final String label;
        private final String body;

        Block(String label, String body) {
            this.label = label;
            this.body = body;
        }

        boolean is(String kind) {
            return label.equals(kind);
        }

        byte[] decode(String what) throws PemException {
            if (body.indexOf(':') >= 0) { // RFC 1421 headers, as OpenSSL's traditional encryption writes them
                throw body.contains("ENCRYPTED") ? encrypted() : new PemException(what + " has PEM headers");
            }
            try {
                return Base64.getDecoder().decode(body.replaceAll("[ \t\r\n]+", ""));
            } catch (IllegalArgumentException e) { // its message shows a character of the input
                throw new PemException(what + " is not valid base64");
            }
        }
    }
}
