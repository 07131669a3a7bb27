package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what {@code openssl} wrote, see {@code throwaway-keys}. */
class PemTest {
    @ParameterizedTest
    @CsvSource({
        "rsa-pkcs1, rsa",
        "rsa-pkcs8, rsa",
        "p256-sec1, p256",
        "p256-sec1-parameters, p256",
        "p256-pkcs8, p256",
        "p384-sec1, p384",
        "p384-sec1-parameters, p384",
        "p384-pkcs8, p384",
        "p521-sec1, p521",
        "p521-sec1-parameters, p521",
        "p521-pkcs8, p521",
        "ed25519-pkcs8, ed25519",
        "ed448-pkcs8, ed448",
        "rsa-pss-pkcs8, rsa-pss"
    })
    void everyKindOfKeyIsReadAndServes(String key, String certificate) throws PemException, SSLException {
        Identity identity = read(file(certificate + ".crt"), file(key + ".key"));
        assertThat(identity.dnsNames()).containsExactly(certificate + ".test");
        CertificateTable table = CertificateTable.builder().names(identity).build();
        ServerTls tls = ServerTls.of(() -> table);
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            assertThat(Handshake.leaf(tls, protocol, certificate + ".test"))
                    .isEqualTo(identity.chain().get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "encrypted-pkcs8, the private key is encrypted; store it without a passphrase",
        "encrypted-pkcs1, the private key is encrypted; store it without a passphrase",
        "dsa-pkcs8, 'the private key''s algorithm is not supported; use RSA, ECDSA or Ed25519'",
        "explicit-curve-sec1, 'the private key is not a valid EC key, or its curve or size is not supported'",
        "rsa-pkcs1, the private key does not belong to the first certificate",
        "p384-sec1, the private key does not belong to the first certificate",
        "ed25519-pkcs8, the private key does not belong to the first certificate"
    })
    void aKeyThatCannotServeIsRefusedWithItsReason(String key, String reason) {
        assertRefused(file("p256.crt"), file(key + ".key"), reason);
    }

    @Test
    void theCurveMayStandInItsOwnBlockOnly() throws PemException {
        byte[] der = der(file("p256-sec1.key"));
        Der fields = new Der(new Der(der).content(Der.SEQUENCE));
        byte[] bare = Der.of(Der.SEQUENCE, fields.value(Der.INTEGER), fields.value(Der.OCTET_STRING));
        String block = block("EC PRIVATE KEY", bare);
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        assertThat(read(file("p256.crt"), parameters + block).dnsNames()).containsExactly("p256.test");
        assertRefused(file("p256.crt"), block, "the EC private key does not name its curve");
    }

    /** RFC 5958: version 1 with the public key after the private one. */
    @Test
    void aKeyMayCarryItsPublicKey() throws PemException {
        Der info = new Der(new Der(der(file("ed25519-pkcs8.key"))).content(Der.SEQUENCE));
        info.content(Der.INTEGER);
        byte[] version1 = {Der.INTEGER, 1, 1};
        byte[] publicKey = Der.of(0x81, new byte[33]);
        byte[] der = Der.of(Der.SEQUENCE, version1, info.value(Der.SEQUENCE), info.value(Der.OCTET_STRING), publicKey);
        assertThat(read(file("ed25519.crt"), block("PRIVATE KEY", der)).dnsNames())
                .containsExactly("ed25519.test");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "\uFEFF%s",
                "Bag Attributes\n    friendlyName: x\nKey Attributes: <No Attributes>\n%s",
                "%s\ntrailing",
                "\n\n%s\n\n"
            })
    void textAroundBlocksIsPassedOver(String around) throws PemException {
        String certificate = around.formatted(file("p256.crt"));
        String key = around.formatted(file("p256-sec1.key"));
        assertThat(read(certificate, key).dnsNames()).containsExactly("p256.test");
        assertThat(read(certificate.replace("\n", "\r\n"), key.replace("\n", "\r\n"))
                        .dnsNames())
                .containsExactly("p256.test");
    }

    @Test
    void aBlockMayBeOneLongLine() throws PemException {
        String key = "-----BEGIN EC PRIVATE KEY-----"
                + Base64.getEncoder().encodeToString(der(file("p256-sec1.key")))
                + "-----END EC PRIVATE KEY-----";
        assertThat(read(file("p256.crt"), key).dnsNames()).containsExactly("p256.test");
    }

    @Test
    void oneFileMayHoldEverything() throws PemException {
        String all = file("p256-sec1-parameters.key") + file("p256.crt") + file("p384.crt") + file("rsa-pkcs1.key");
        Identity identity = read(all, all);
        assertThat(identity.dnsNames()).containsExactly("p256.test");
        assertThat(identity.chain()).hasSize(2);
    }

    @Test
    void aChainKeepsItsOrder() throws PemException {
        X509Bundle bundle = Identities.bundle(Algorithm.ecp256, "chain.test");
        String chain = bundle.getCertificatePEM() + bundle.getRootCertificatePEM();
        Identity identity = read(chain, bundle.getPrivateKeyPEM());
        assertThat(identity.chain()).containsExactly(bundle.getCertificate(), bundle.getRootCertificate());
        String wrongOrder = bundle.getRootCertificatePEM() + bundle.getCertificatePEM();
        assertRefused(
                wrongOrder,
                bundle.getPrivateKeyPEM(),
                "the private key does not belong to the first certificate but to number 2: the chain is out of order");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertRefused("", file("p256-sec1.key"), "there is no CERTIFICATE block");
        assertRefused("hunter2", file("p256-sec1.key"), "there is no CERTIFICATE block");
        assertRefused(file("p256-sec1.key"), file("p256-sec1.key"), "there is no CERTIFICATE block");
        assertRefused(file("p256.crt"), "", "there is no PRIVATE KEY block");
        assertRefused(file("p256.crt"), file("p256.crt"), "there is no PRIVATE KEY block");
    }

    @Test
    void whatIsBrokenIsNamed() {
        String certificate = file("p256.crt");
        String key = file("p256-pkcs8.key");
        assertRefused(
                certificate, key.replace("-----END", "----END"), "the private key has a block without its END line");
        assertRefused(certificate, "-----BEGIN hunter2\nhunter2", "the private key has a broken BEGIN line");
        assertRefused(certificate, "-----BEGIN hunter2\n-----", "the private key has a broken BEGIN line");
        assertRefused(certificate, key.replace('M', '!'), "the private key is not valid base64");
        assertRefused(certificate, block("PRIVATE KEY", new byte[] {1, 2, 3}), "the private key is not valid DER");
        assertRefused(certificate, block("PRIVATE KEY", new byte[0]), "the private key is not valid DER");
        assertRefused(
                certificate,
                block("PRIVATE KEY", HexFormat.of().parseHex("3084ffffffff")),
                "the private key is not valid DER");
        assertRefused(
                certificate,
                block("RSA PRIVATE KEY", new byte[] {0x30, 0}),
                "the private key is not a valid RSA key, or its curve or size is not supported");
        assertRefused(
                certificate,
                block("OPENSSH PRIVATE KEY", new byte[] {0x30, 0}),
                "the private key is of a kind that is not supported; use PKCS#8, PKCS#1 or SEC1");
        assertRefused(
                certificate,
                "-----BEGIN PRIVATE KEY-----\nhunter2: x\n\nAAAA\n-----END PRIVATE KEY-----",
                "the private key has PEM headers");
        assertRefused(certificate.replace("MII", "!II"), key, "certificate 1 is not valid base64");
        assertRefused(
                block("CERTIFICATE", new byte[] {0x30, 0}),
                key,
                "a CERTIFICATE block holds no valid X.509 certificate");
        byte[] der = der(certificate);
        assertRefused(
                block("CERTIFICATE", Arrays.copyOf(der, der.length + 1)),
                key,
                "octets follow a certificate inside its block");
    }

    @Test
    void sizesAreLimited() {
        String certificate = file("p256.crt");
        String key = file("p256-pkcs8.key");
        String padding = " ".repeat(Pem.MAX_OCTETS);
        assertRefused(certificate, key + padding, "the private key is longer than 1048576 octets");
        assertRefused(certificate + padding, key, "the certificate is longer than 1048576 octets");
        assertRefused(certificate.repeat(Pem.MAX_CERTIFICATES + 1), key, "there are more than 100 certificates");
    }

    /** Whatever happens to a file, there is an identity or a reason, and the reason holds none of the file. */
    @Property(tries = 200)
    void damageIsRefusedWithoutShowingAnything(
            @ForAll @IntRange(max = 3) int kind,
            @ForAll boolean inKey,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @IntRange(max = 255) int octet) {
        String name = List.of("rsa-pkcs1", "p256-sec1", "ed25519-pkcs8", "rsa-pss-pkcs8")
                .get(kind);
        byte[] certificate = bytes(List.of("rsa", "p256", "ed25519", "rsa-pss").get(kind) + ".crt");
        byte[] key = bytes(name + ".key");
        byte[] original = inKey ? key : certificate;
        byte[] damaged = inKey ? damage(key, places, octet) : damage(certificate, places, octet);
        try {
            Identity.fromPem("ns/name", inKey ? certificate : damaged, inKey ? damaged : key);
        } catch (PemException e) {
            assertThat(e).hasNoCause().hasNoSuppressedExceptions();
            for (String line : new String(original, StandardCharsets.ISO_8859_1).split("\n")) {
                assertThat(e.getMessage()).doesNotContain(line);
            }
        }
    }

    /** Changes octets of the DER inside the first block, so that the damage is not only that of its base64. */
    private static byte[] damage(byte[] pem, List<Integer> places, int octet) {
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        byte[] der = der(text);
        places.forEach(place -> der[place % der.length] = (byte) octet);
        return block(text.substring("-----BEGIN ".length(), text.indexOf("-----\n")), der)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void assertRefused(String certificate, String key, String reason) {
        PemException refusal = catchThrowableOfType(PemException.class, () -> read(certificate, key));
        assertThat(refusal).isNotNull().hasMessage(reason).hasNoCause();
        assertThat(refusal.toString()).doesNotContain("hunter2");
    }

    @Test
    void noLabelIsShownEither() {
        assertThatThrownBy(() -> read(file("p256.crt"), block("hunter2 PRIVATE KEY", new byte[3])))
                .isInstanceOf(PemException.class)
                .message()
                .doesNotContain("hunter2");
    }

    private static Identity read(String certificate, String key) throws PemException {
        return Identity.fromPem(
                "ns/name", certificate.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
    }

    private static String file(String name) {
        return new String(bytes(name), StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String name) {
        try (InputStream in = PemTest.class.getResourceAsStream("/throwaway-keys/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
