package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Responses that Bouncy Castle has made, good and bad ones. */
class OcspStapleTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final Instant BEFORE = NOW.minus(Duration.ofHours(1));
    private static final Instant NEXT = NOW.plus(Duration.ofHours(3));

    private static final X509Bundle ISSUER = authority("Issuer");
    private static final X509Bundle STRANGER = authority("Issuer");
    private static final X509Bundle LEAF = leaf();
    private static final List<X509Certificate> CHAIN = List.of(LEAF.getCertificate(), ISSUER.getCertificate());
    private static final byte[] GOOD = response(LEAF, ISSUER, CertificateStatus.GOOD, BEFORE, NEXT);

    private static X509Bundle authority(String name) {
        try {
            return new CertificateBuilder()
                    .algorithm(Algorithm.ecp256)
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Bundle leaf() {
        try {
            return new CertificateBuilder()
                    .algorithm(Algorithm.ecp256)
                    .subject("CN=a.test")
                    .addSanDnsName("a.test")
                    .buildIssuedBy(ISSUER);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param status null is how Bouncy Castle says good */
    private static byte[] response(
            X509Bundle about,
            X509Bundle by,
            @Nullable CertificateStatus status,
            Instant thisUpdate,
            @Nullable Instant nextUpdate) {
        try {
            BigInteger serial = about.getCertificate().getSerialNumber();
            CertificateID id = new CertificateID(
                    new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                    new X509CertificateHolder(ISSUER.getCertificate().getEncoded()),
                    serial);
            BasicOCSPRespBuilder basic = new BasicOCSPRespBuilder(new RespID(new X500Name("CN=Issuer")));
            basic.addResponse(
                    id, status, Date.from(thisUpdate), nextUpdate == null ? null : Date.from(nextUpdate), null);
            return new OCSPRespBuilder()
                    .build(
                            OCSPRespBuilder.SUCCESSFUL,
                            basic.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(by.getKeyPair().getPrivate()),
                                    null,
                                    Date.from(thisUpdate)))
                    .getEncoded();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aGoodOneIsTaken() throws Exception {
        OcspStaple staple = OcspStaple.of(GOOD, CHAIN, NOW);

        assertThat(staple.der()).isEqualTo(GOOD);
        assertThat(staple.validity()).isEqualTo(new Validity(BEFORE.minus(Duration.ofMinutes(15)), NEXT));
        assertThat(staple).hasToString("OcspStaple[until " + NEXT + "]");
        staple.der()[0] = 0;
        assertThat(staple.der()).isEqualTo(GOOD);
    }

    private static void assertRefused(byte[] der, Instant now, String why) {
        assertThatThrownBy(() -> OcspStaple.of(der, CHAIN, now))
                .isInstanceOf(PemException.class)
                .hasMessageContaining(why);
    }

    @Test
    void onesThatAreOutOfDateAreRefused() {
        assertRefused(GOOD, NEXT.plus(Duration.ofHours(1)), "");
        assertRefused(GOOD, NEXT, "it was good until " + NEXT);
        assertRefused(
                response(LEAF, ISSUER, CertificateStatus.GOOD, BEFORE, null),
                NOW,
                "does not say until when it is good");
    }

    @Test
    void onesThatAreNotGoodYetAreVerifiedAllTheSame() throws Exception {
        Instant later = NEXT.minusSeconds(60);
        byte[] early = response(LEAF, ISSUER, CertificateStatus.GOOD, later, NEXT);
        OcspStaple staple = OcspStaple.of(early, CHAIN, NOW);
        assertThat(staple.validity().contains(NOW)).isFalse();
        assertThat(staple.validity().contains(later)).isTrue();
        assertRefused(response(LEAF, STRANGER, CertificateStatus.GOOD, later, NEXT), NOW, "does not prove");
        assertRefused(response(LEAF, ISSUER, new RevokedStatus(Date.from(NOW), 1), later, NEXT), NOW, "not prove");
    }

    @Test
    void onesThatSayNoAreRefused() throws Exception {
        assertRefused(response(LEAF, ISSUER, new RevokedStatus(Date.from(BEFORE), 1), BEFORE, NEXT), NOW, "not prove");
        assertRefused(response(LEAF, ISSUER, new UnknownStatus(), BEFORE, NEXT), NOW, "does not prove");
        assertRefused(
                new OCSPRespBuilder().build(OCSPRespBuilder.TRY_LATER, null).getEncoded(), NOW, "a refusal to answer");
    }

    @Test
    void onesOfOthersAreRefused() {
        assertRefused(response(leaf(), ISSUER, CertificateStatus.GOOD, BEFORE, NEXT), NOW, "about another certificate");
        assertRefused(response(LEAF, STRANGER, CertificateStatus.GOOD, BEFORE, NEXT), NOW, "does not prove");
        assertThatThrownBy(() -> OcspStaple.of(GOOD, List.of(LEAF.getCertificate()), NOW))
                .isInstanceOf(PemException.class)
                .hasMessageContaining("no certificate of the issuer");
    }

    @Test
    void whatIsNoneIsRefused() {
        assertRefused(new byte[0], NOW, "it is not valid DER");
        assertRefused(new byte[(16 << 10) + 1], NOW, "longer than");
        for (int length = 1; length < GOOD.length; length++) {
            assertRefused(Arrays.copyOf(GOOD, length), NOW, "");
        }
    }

    @Property(tries = 200)
    void damageIsRefusedOrHarmless(@ForAll @IntRange(min = 0, max = 180) int at, @ForAll byte value) {
        byte[] damaged = GOOD.clone();
        damaged[at] = value;
        try {
            // What neither signature nor certificate covers, such as how long a length is written, may differ.
            assertThat(OcspStaple.of(damaged, CHAIN, NOW).validity().end()).isEqualTo(NEXT);
        } catch (PemException e) {
            assertThat(e).hasMessageStartingWith("it ");
        }
    }

    @Test
    void identitiesKeepIt() throws Exception {
        OcspStaple staple = OcspStaple.of(GOOD, CHAIN, NOW);
        Identity plain = Identity.of("a", LEAF.getKeyPair().getPrivate(), CHAIN);

        assertThat(plain.staple()).isNull();
        assertThat(plain.withStaple(staple).withAuthorities(c -> c).staple()).isSameAs(staple);
        assertThat(plain.withStaple(staple).fingerprint()).isEqualTo(plain.fingerprint());
    }
}
