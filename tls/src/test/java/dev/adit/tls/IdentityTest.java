package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityTest {
    private static final X509Bundle BUNDLE =
            Identities.bundle(Algorithm.ecp256, "Shop.Test", "*.shop.test", "shop.test", "f*.test", "*.*.test", "*");
    private static final X509Bundle RSA = Identities.bundle(Algorithm.rsa2048, "shop.test");
    private static final X509Bundle ED25519 = Identities.bundle(Algorithm.ed25519, "shop.test");
    private static final Identity IDENTITY = Identities.of("ns/shop", BUNDLE);

    @Test
    void knowsTheNamesThatAClientCouldAskFor() {
        assertThat(IDENTITY.dnsNames()).containsExactly("shop.test", "*.shop.test");
    }

    @Test
    void neverLooksAtTheCommonName() {
        Identity identity = Identities.ecdsa("no names");
        assertThat(identity.chain().get(0).getSubjectX500Principal().getName()).isEqualTo("CN=common-name.test");
        assertThat(identity.dnsNames()).isEmpty();
        assertThat(identity.covers("common-name.test")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "shop.test, true",
        "SHOP.test., true",
        "www.shop.test, true",
        "a.www.shop.test, false",
        "*.shop.test, true",
        "*.www.shop.test, false",
        "*.test, false",
        "foo.test, false",
        "a.b.test, false",
        "test, false",
        "'', false",
        "not a host, false"
    })
    void coversWhatItsCertificateNames(String host, boolean covered) {
        assertThat(IDENTITY.covers(host)).isEqualTo(covered);
    }

    @Test
    void itsFingerprintIsThatOfTheChain() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        BUNDLE.getCertificatePathList().forEach(certificate -> {
            try {
                digest.update(certificate.getEncoded());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(IDENTITY.fingerprint()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
        assertThat(Identities.of("elsewhere", BUNDLE).fingerprint()).isEqualTo(IDENTITY.fingerprint());
        assertThat(Identities.ecdsa("other", "shop.test").fingerprint()).isNotEqualTo(IDENTITY.fingerprint());
    }

    @Test
    void knowsWhenItIsValid() {
        assertThat(IDENTITY.notBefore())
                .isEqualTo(BUNDLE.getCertificate().getNotBefore().toInstant())
                .isBefore(IDENTITY.notAfter());
        assertThat(IDENTITY.notAfter())
                .isEqualTo(BUNDLE.getCertificate().getNotAfter().toInstant());
    }

    @Test
    void refusesAKeyThatIsNotTheLeafs() {
        List<X509Bundle> leaves = List.of(BUNDLE, RSA, ED25519);
        List<X509Bundle> strangers = List.of(
                Identities.bundle(Algorithm.ecp256),
                Identities.bundle(Algorithm.ecp384),
                Identities.bundle(Algorithm.rsa2048),
                Identities.bundle(Algorithm.ed25519));
        for (X509Bundle leaf : leaves) {
            for (X509Bundle stranger : strangers) {
                PrivateKey key = stranger.getKeyPair().getPrivate();
                assertThatThrownBy(() -> Identity.of("ns/shop", key, leaf.getCertificatePathList()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("the private key does not belong to the first certificate");
            }
        }
        assertThatThrownBy(() -> Identity.of("ns/shop", IDENTITY.key(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAnRsaKeyWithOneDamagedNumber() throws Exception {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) RSA.getKeyPair().getPrivate();
        BigInteger[] numbers = {
            key.getPrimeP(), key.getPrimeQ(), key.getPrimeExponentP(), key.getPrimeExponentQ(), key.getCrtCoefficient()
        };
        for (int damaged = 0; damaged < numbers.length; damaged++) {
            BigInteger[] n = numbers.clone();
            n[damaged] = n[damaged].add(BigInteger.TWO);
            PrivateKey bad = KeyFactory.getInstance("RSA")
                    .generatePrivate(new RSAPrivateCrtKeySpec(
                            key.getModulus(),
                            key.getPublicExponent(),
                            key.getPrivateExponent(),
                            n[0],
                            n[1],
                            n[2],
                            n[3],
                            n[4]));
            assertThatThrownBy(() -> Identity.of("ns/shop", bad, RSA.getCertificatePathList()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void nothingShowsTheKey() {
        for (X509Bundle bundle : List.of(BUNDLE, RSA, ED25519)) {
            Identity identity = Identities.of("ns/shop", bundle);
            assertThat(identity).hasToString("Identity[ns/shop " + identity.fingerprint() + "]");
            CertificateTable.Builder builder = CertificateTable.builder()
                    .host("shop.test", identity)
                    .names(identity)
                    .defaultIdentity(identity);
            CertificateTable table = builder.build();
            String shown = String.join(
                    " ",
                    table.toString(),
                    builder.toString(),
                    table.identities().toString(),
                    new CertificateKeyManager(() -> table).toString(),
                    ServerTls.of(() -> table).toString());
            assertThat(shown)
                    .contains("ns/shop")
                    .doesNotContain(
                            Base64.getEncoder().encodeToString(identity.key().getEncoded()))
                    .doesNotContain(HexFormat.of().formatHex(identity.key().getEncoded()))
                    .doesNotContain("PrivateKey")
                    .doesNotContain("private");
        }
    }
}
