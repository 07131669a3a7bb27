package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfSignedTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {"2027-01-01T00:00:00Z", "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z", "2126-01-01T00:00:00Z"})
    void isWhatWasAskedFor(String end) throws Exception {
        Identity identity = Identity.selfSigned("x", List.of("a.test", "*.b.test"), START, Instant.parse(end));

        X509Certificate certificate = identity.chain().get(0);
        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(START);
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(Instant.parse(end));
        assertThat(certificate.getBasicConstraints()).isNotNegative();
        assertThat(identity.dnsNames()).containsExactly("a.test", "*.b.test");
        assertThat(identity.covers("x.b.test")).isTrue();
        assertThat(identity.covers("x.y.b.test")).isFalse();
    }

    @Test
    void mayHaveNoNames() {
        assertThat(Identity.selfSigned("x", List.of(), START, START.plusSeconds(1))
                        .dnsNames())
                .isEmpty();
    }

    @Test
    void twoAreNeverEqual() {
        assertThat(Identity.selfSigned("x", List.of("a.test"), START, START.plusSeconds(1))
                        .fingerprint())
                .isNotEqualTo(Identity.selfSigned("x", List.of("a.test"), START, START.plusSeconds(1))
                        .fingerprint());
    }

    @Test
    void itsPemCanBeReadBack() throws Exception {
        Identity made = Identity.selfSigned("x", List.of("a.test"), START, START.plusSeconds(1));
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(made.key().getEncoded()) + "\n-----END PRIVATE KEY-----\n";

        Identity read = Identity.fromPem(
                "y", made.chainPem().getBytes(StandardCharsets.US_ASCII), key.getBytes(StandardCharsets.US_ASCII));

        assertThat(read.fingerprint()).isEqualTo(made.fingerprint());
    }
}
