package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.tls.ClientAuthority.Result;
import dev.adit.tls.ClientAuthority.Verdict;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.security.auth.x500.X500Principal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains against authorities; what the issuers issue is made on the spot. */
class ClientAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant FROM = NOW.minus(Duration.ofDays(1));
    private static final Instant UNTIL = NOW.plus(Duration.ofDays(10));
    private static final CertificateIssuer ROOT = CertificateIssuer.root("CN=root,O=Example", FROM, UNTIL);
    /** Another key under the same name. */
    private static final CertificateIssuer STRANGER = CertificateIssuer.root("CN=root,O=Example", FROM, UNTIL);

    private static final Identity ALICE = ROOT.client("CN=alice", FROM, UNTIL);

    @Test
    void aClientOfTheAuthorityIsBelievedForAsLongAsEverythingIsValid() {
        assertThat(verify(authority(ROOT), ALICE)).isEqualTo(new Verdict(Result.GOOD, "", UNTIL));
        Identity shortLived = ROOT.client("CN=short", FROM, NOW.plusSeconds(60));
        Verdict verdict = verify(authority(ROOT), shortLived);
        assertThat(verdict).isEqualTo(new Verdict(Result.GOOD, "", NOW.plusSeconds(60)));
        assertThat(verdict.text()).isEqualTo("SUCCESS");
    }

    @Test
    void nothingIsNoCertificate() {
        assertThat(authority(ROOT).verify(ClientChain.NONE, NOW)).isSameAs(Verdict.NONE);
        assertThat(Verdict.NONE.text()).isEqualTo("NONE");
    }

    @Test
    void anAuthorityOfTheSameNameIsNotTheSame() {
        Verdict verdict = verify(authority(ROOT), STRANGER.client("CN=alice", FROM, UNTIL));
        assertThat(verdict.result()).isEqualTo(Result.UNKNOWN_ISSUER);
        assertThat(verdict.text()).isEqualTo("FAILED:unable to get issuer certificate");
    }

    @Test
    void severalAuthoritiesOfOneNameAreToldApartByTheirSignatures() {
        ClientAuthority both = authority(STRANGER.certificatePem() + ROOT.certificatePem(), null);
        assertThat(verify(both, ALICE).result()).isEqualTo(Result.GOOD);
        assertThat(verify(both, STRANGER.client("CN=bob", FROM, UNTIL)).result())
                .isEqualTo(Result.GOOD);
    }

    @Test
    void whoVouchesForItselfIsBelievedOnlyIfItIsNamed() {
        Identity own = Identity.selfSigned("own", List.of("own.test"), FROM, UNTIL);
        assertThat(verify(authority(ROOT), own).text()).isEqualTo("FAILED:self-signed certificate");
        assertThat(verify(authority(own.chainPem(), null), own).result()).isEqualTo(Result.GOOD);
    }

    @Test
    void aClientsCertificateVouchesForNobody() {
        X509Certificate alice = ALICE.chain().get(0);
        X509Certificate under = CertificateWriter.certificate(
                alice.getPublicKey(),
                new CertificateWriter.Subject(new X500Principal("CN=under"), List.of(), false, List.of()),
                alice.getSubjectX500Principal(),
                ALICE.key(),
                FROM,
                UNTIL);
        assertThat(authority(ROOT)
                        .verify(ClientChain.of(List.of(under, alice)), NOW)
                        .text())
                .isEqualTo("FAILED:invalid CA certificate");
        assertThat(authority(ALICE.chainPem(), null)
                        .verify(ClientChain.of(List.of(under, alice)), NOW)
                        .text())
                .as("even where it is among the authorities")
                .isEqualTo("FAILED:unable to get issuer certificate");
    }

    @ParameterizedTest
    @CsvSource({
        "-10, -1, FAILED:certificate has expired",
        "1, 5, FAILED:certificate is not yet valid",
        "-10, 5, SUCCESS"
    })
    void aCertificateIsBelievedInItsTime(int from, int until, String expected) {
        Identity client = ROOT.client("CN=alice", NOW.plus(Duration.ofDays(from)), NOW.plus(Duration.ofDays(until)));
        assertThat(verify(authority(ROOT), client).text()).isEqualTo(expected);
    }

    @Test
    void anAuthorityIsBelievedInItsTime() {
        Instant later = UNTIL.plusSeconds(1);
        CertificateIssuer lasting = CertificateIssuer.root("CN=lasting", FROM, UNTIL);
        Identity client = lasting.client("CN=alice", FROM, UNTIL.plus(Duration.ofDays(5)));
        assertThat(authority(lasting)
                        .verify(ClientChain.of(client.chain()), later)
                        .text())
                .isEqualTo("FAILED:CA certificate is not valid now");
    }

    /** Whatever their order, and whatever else the client shows. */
    @Property(tries = 40)
    void aPathHasAtMostAsManyIntermediatesAsItMay(
            @ForAll @IntRange(max = 3) int intermediates,
            @ForAll @IntRange(max = 3) int depth,
            @ForAll @IntRange(max = 4) int missing,
            @ForAll Random random) {
        CertificateIssuer issuer = ROOT;
        for (int i = 0; i < intermediates; i++) {
            issuer = issuer.intermediate("CN=between " + i, FROM, UNTIL);
        }
        Identity client = issuer.client("CN=alice", FROM, UNTIL);
        List<X509Certificate> others =
                new ArrayList<>(client.chain().subList(1, client.chain().size()));
        boolean whole = missing >= others.size();
        if (!whole) {
            others.remove(missing);
        }
        others.add(ROOT.certificate());
        others.add(STRANGER.certificate());
        Collections.shuffle(others, random);
        others.add(0, client.chain().get(0));
        Verdict verdict = authority(ROOT).withDepth(depth).verify(ClientChain.of(others), NOW);
        assertThat(verdict.result() == Result.GOOD).isEqualTo(whole && intermediates <= depth);
    }

    @Test
    void anIntermediateThatIsNamedIsTrustedAsItStands() {
        CertificateIssuer between = ROOT.intermediate("CN=between", FROM, UNTIL);
        Identity client = between.client("CN=alice", FROM, UNTIL);
        assertThat(verify(authority(between).withDepth(0), client).result()).isEqualTo(Result.GOOD);
        assertThat(verify(authority(between), ALICE).result()).isEqualTo(Result.UNKNOWN_ISSUER);
    }

    @Test
    void aChainOfOneNameIsFollowedOnce() {
        CertificateIssuer first = STRANGER.intermediate("CN=same", FROM, UNTIL);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(first.client("CN=same", FROM, UNTIL).chain().get(0));
        for (int i = 0; i < 9; i++) {
            chain.add(STRANGER.intermediate("CN=same", FROM, UNTIL).certificate());
        }
        assertThat(authority(ROOT)
                        .withDepth(100)
                        .verify(ClientChain.of(chain), NOW)
                        .result())
                .isEqualTo(Result.UNKNOWN_ISSUER);
    }

    @Test
    void aServersCertificateIsNotAClients() {
        Identity server = ROOT.server(List.of("a.test"), FROM, UNTIL);
        assertThat(verify(authority(ROOT), server).text()).isEqualTo("FAILED:unsuitable certificate purpose");
    }

    @Test
    void anIntermediateForServersIssuesNoClients() throws Exception {
        X509Bundle root = new CertificateBuilder()
                .subject("CN=root")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle between = new CertificateBuilder()
                .subject("CN=between")
                .setIsCertificateAuthority(true)
                .addExtendedKeyUsage(ExtendedKeyUsage.PKIX_KP_SERVER_AUTH)
                .buildIssuedBy(root);
        X509Bundle client = new CertificateBuilder().subject("CN=alice").buildIssuedBy(between);
        ClientChain chain = ClientChain.of(List.of(client.getCertificate(), between.getCertificate()));
        assertThat(authority(root.getCertificatePEM(), null)
                        .verify(chain, Instant.now())
                        .text())
                .isEqualTo("FAILED:unsuitable certificate purpose");
    }

    @Test
    void whatIsRevokedIsNotBelieved() {
        Identity mallory = ROOT.client("CN=mallory", FROM, UNTIL);
        String list = ROOT.revocationsPem(FROM, NOW.plusSeconds(600), mallory);
        ClientAuthority authority = authority(ROOT.certificatePem(), list);
        assertThat(verify(authority, mallory).text()).isEqualTo("FAILED:certificate revoked");
        assertThat(verify(authority, ALICE)).isEqualTo(new Verdict(Result.GOOD, "", NOW.plusSeconds(600)));
        assertThat(authority.revocations()).containsExactly(new Validity(FROM, NOW.plusSeconds(600)));
        assertThat(authority(ROOT).revocations()).isEmpty();
    }

    @Test
    void withListsEveryAuthorityOfThePathNeedsACurrentOneOfItsOwn() {
        CertificateIssuer between = ROOT.intermediate("CN=between", FROM, UNTIL);
        Identity client = between.client("CN=alice", FROM, UNTIL);
        String ofRoot = ROOT.revocationsPem(FROM, UNTIL);
        String ofBetween = between.revocationsPem(FROM, UNTIL);
        assertThat(verify(authority(ROOT.certificatePem(), ofRoot + ofBetween), client)
                        .text())
                .isEqualTo("SUCCESS");
        assertThat(verify(authority(ROOT.certificatePem(), ofRoot), client).text())
                .isEqualTo("FAILED:unable to get certificate CRL");
        assertThat(verify(authority(ROOT.certificatePem(), STRANGER.revocationsPem(FROM, UNTIL)), ALICE)
                        .text())
                .as("signed by another key")
                .isEqualTo("FAILED:unable to get certificate CRL");
        assertThat(verify(authority(ROOT.certificatePem(), ROOT.revocationsPem(FROM, NOW)), ALICE)
                        .text())
                .isEqualTo("FAILED:CRL has expired");
        assertThat(verify(authority(ROOT.certificatePem(), ROOT.revocationsPem(NOW.plusSeconds(1), UNTIL)), ALICE)
                        .text())
                .isEqualTo("FAILED:CRL has expired");
    }

    @Test
    void whatCannotBeReadIsShownAndNotBelieved() {
        ClientChain broken = ClientChain.of(List.of(new Raw(new byte[] {1, 2, 3})));
        assertThat(broken.isEmpty()).isFalse();
        assertThat(broken.leaf()).isNull();
        assertThat(authority(ROOT).verify(broken, NOW).text()).isEqualTo("FAILED:certificate cannot be read");
        ClientChain huge = ClientChain.of(List.of(new Raw(new byte[ClientChain.MAX_OCTETS + 1])));
        assertThat(authority(ROOT).verify(huge, NOW).text()).isEqualTo("FAILED:certificate too long");
        ClientChain many = ClientChain.of(Collections.nCopies(
                ClientChain.MAX_CERTIFICATES + 1, ALICE.chain().get(0)));
        assertThat(authority(ROOT).verify(many, NOW).text()).isEqualTo("FAILED:certificate chain too long");
    }

    @Test
    void whatIsNoPemIsRefusedWithoutBeingShown() {
        for (String wrong : List.of("", "secret", "-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----")) {
            assertThatThrownBy(() -> ClientAuthority.fromPem("x", bytes(wrong), null))
                    .isInstanceOf(PemException.class)
                    .hasMessageNotContaining("c2VjcmV0");
        }
        for (String wrong :
                List.of("", ROOT.certificatePem(), "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----")) {
            assertThatThrownBy(() -> ClientAuthority.fromPem("x", bytes(ROOT.certificatePem()), bytes(wrong)))
                    .isInstanceOf(PemException.class);
        }
    }

    private static Verdict verify(ClientAuthority authority, Identity client) {
        return authority.verify(ClientChain.of(client.chain()), NOW);
    }

    private static ClientAuthority authority(CertificateIssuer issuer) {
        return authority(issuer.certificatePem(), null);
    }

    private static ClientAuthority authority(String certificates, String lists) {
        try {
            return ClientAuthority.fromPem("shop/ca", bytes(certificates), lists == null ? null : bytes(lists));
        } catch (PemException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What an engine hands out before it has read it. */
    private static final class Raw extends Certificate {
        private final byte[] octets;

        Raw(byte[] octets) {
            super("X.509");
            this.octets = octets;
        }

        @Override
        public byte[] getEncoded() {
            return octets;
        }

        @Override
        public void verify(java.security.PublicKey key) throws CertificateException {
            throw new CertificateException();
        }

        @Override
        public void verify(java.security.PublicKey key, String provider) throws CertificateException {
            throw new CertificateException();
        }

        @Override
        public java.security.PublicKey getPublicKey() {
            throw new IllegalStateException();
        }

        @Override
        public String toString() {
            return "raw";
        }
    }
}
