package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole handshakes between two engines in memory, the server's being one that shows whatever it is told to. */
class ClientTlsTest {
    private static final Instant NOW = Instant.now();
    private static final X509Bundle ROOT = authority("root", null);
    private static final X509Bundle MIDDLE = authority("middle", ROOT);
    private static final X509Bundle LOWER = authority("lower", MIDDLE);
    private static final X509Bundle STRANGER = authority("stranger", null);

    /** As many certificates between leaf and root as the name says. */
    private static X509Bundle issuer(String name) {
        return switch (name) {
            case "root" -> ROOT;
            case "middle" -> MIDDLE;
            case "lower" -> LOWER;
            case "stranger" -> STRANGER;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static X509Bundle authority(String name, @Nullable X509Bundle issuer) {
        return issued(leaf().subject("CN=" + name).setIsCertificateAuthority(true), issuer);
    }

    private static CertificateBuilder leaf() {
        return new CertificateBuilder()
                .subject("CN=common-name.test")
                .notBefore(NOW.minus(Duration.ofDays(1)))
                .notAfter(NOW.plus(Duration.ofDays(1)));
    }

    private static X509Bundle issued(CertificateBuilder builder, @Nullable X509Bundle issuer) {
        try {
            return issuer == null ? builder.buildSelfSigned() : builder.buildIssuedBy(issuer);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ClientTls.Builder trusting(X509Bundle authority, int depth) {
        return ClientTls.builder().verify(List.of(authority.getCertificate()), depth);
    }

    private static SSLEngine server(X509Bundle shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown.toKeyManagerFactory().getKeyManagers(), null, null);
            return server(context);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static SSLEngine server(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return engine;
    }

    /** Shakes hands, and returns why the client did not trust the server, or null if it did. */
    private static @Nullable String shake(ClientTls tls, X509Bundle shown) {
        SSLEngine client = tls.newEngine("10.0.0.7", 8443, List.of());
        try {
            new Handshake(client, server(shown)).run();
            assertThat(tls.distrust(client)).isNull();
            return null;
        } catch (SSLException e) {
            assertThat(tls.distrust(client)).isNotNull();
            return tls.distrust(client);
        }
    }

    @Test
    void unverifiedTakesWhateverItIsShown() {
        X509Bundle expired = issued(leaf().notAfter(NOW.minusSeconds(60)), STRANGER);
        assertThat(shake(ClientTls.UNVERIFIED, expired)).isNull();
        assertThat(ClientTls.UNVERIFIED.verifies()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "shop.prod.svc, shop.prod.svc, true",
        "SHOP.prod.svc., shop.prod.svc, true",
        "shop.prod.svc, *.prod.svc, true",
        "a.shop.prod.svc, *.prod.svc, false",
        "prod.svc, *.prod.svc, false",
        "shop.prod.svc, other.prod.svc, false",
        "common-name.test, '', false",
        "common-name.test, other.test, false",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.2, 10.0.0.1, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "2001:db8::1, 2001:db8:0::1, true",
        "2001:db8::2, 2001:db8::1, false",
        "999.0.0.1, 10.0.0.1, false",
        "'not a name', shop.prod.svc, false",
        ", 10.0.0.7, true",
        ", 10.0.0.8, false",
    })
    void theNameMustBeAmongTheAlternativeNames(@Nullable String expected, String covered, boolean trusted) {
        CertificateBuilder builder = leaf();
        if (!covered.isEmpty()) {
            if (covered.matches("[0-9.]+|.*:.*")) {
                builder.addSanIpAddress(covered);
            } else {
                Identities.addDnsNames(builder, covered);
            }
        }
        String distrust = shake(trusting(ROOT, 0).name(expected).build(), issued(builder, ROOT));
        if (trusted) {
            assertThat(distrust).isNull();
        } else {
            assertThat(distrust).endsWith(" is not for " + (expected == null ? "10.0.0.7" : expected));
        }
    }

    @Test
    void saysWhatTheCertificateIsFor() {
        CertificateBuilder builder = leaf().addSanIpAddress("10.0.0.9");
        for (int i = 1; i <= 9; i++) {
            builder.addSanDnsName("n" + i + ".test");
        }
        assertThat(shake(trusting(ROOT, 0).name("shop.prod.svc").build(), issued(builder, ROOT)))
                .isEqualTo(
                        "the endpoint's certificate, for n1.test, n2.test, n3.test, n4.test, n5.test, n6.test, n7.test,"
                                + " n8.test and 2 more, is not for shop.prod.svc");
        assertThat(shake(trusting(ROOT, 0).name("shop.prod.svc").build(), issued(leaf(), ROOT)))
                .isEqualTo("the endpoint's certificate, for nobody, is not for shop.prod.svc");
    }

    @ParameterizedTest
    @CsvSource({
        "root, root, 0, ",
        "middle, root, 1, ",
        "middle, root, 5, ",
        "middle, root, 0, has more than 0 certificates between it and a trusted one",
        "lower, root, 2, ",
        "lower, root, 1, has more than 1 certificates between it and a trusted one",
        "lower, middle, 1, ",
        "lower, middle, 0, has more than 0 certificates between it and a trusted one",
        "lower, lower, 0, ",
        "stranger, root, 5, is not issued by a trusted authority",
    })
    void theChainLeadsToSomebodyTrustedAndIsNoLongerThanAllowed(
            String issuer, String trusted, int depth, @Nullable String problem) {
        X509Bundle shown = issued(leaf().addSanDnsName("shop.test"), issuer(issuer));
        String distrust =
                shake(trusting(issuer(trusted), depth).name("shop.test").build(), shown);
        assertThat(distrust)
                .isEqualTo(problem == null ? null : "the endpoint's certificate, for shop.test, " + problem);
    }

    @Test
    void everyCertificateGivenIsTrusted() {
        ClientTls tls = ClientTls.builder()
                .verify(List.of(STRANGER.getCertificate(), ROOT.getCertificate()), 0)
                .name("shop.test")
                .build();
        assertThat(shake(tls, issued(leaf().addSanDnsName("shop.test"), ROOT))).isNull();
        assertThat(shake(tls, issued(leaf().addSanDnsName("shop.test"), STRANGER)))
                .isNull();
    }

    @Test
    void aTrustedCertificateMayBeTheEndpointsOwnButSignsNobodyUnlessItIsAnAuthority() {
        X509Bundle own = issued(leaf().addSanDnsName("shop.test"), STRANGER);
        ClientTls tls = trusting(own, 1).name("shop.test").build();
        assertThat(shake(tls, own)).isNull();
        assertThat(shake(tls, issued(leaf().addSanDnsName("shop.test"), ROOT)))
                .endsWith("none of the certificates to trust is a valid authority's");
    }

    @ParameterizedTest
    @CsvSource({"-3600, -60, false", "60, 3600, false", "-60, 60, true"})
    void mustBeValidNow(long notBefore, long notAfter, boolean trusted) {
        X509Bundle shown = issued(
                leaf().addSanDnsName("shop.test")
                        .notBefore(NOW.plusSeconds(notBefore))
                        .notAfter(NOW.plusSeconds(notAfter)),
                ROOT);
        String distrust =
                shake(trusting(ROOT, 0).name("shop.test").clock(() -> NOW).build(), shown);
        if (trusted) {
            assertThat(distrust).isNull();
        } else {
            assertThat(distrust).startsWith("the endpoint's certificate, for shop.test, is valid from ");
        }
    }

    @Test
    void anExpiredAuthorityVouchesForNobody() {
        X509Bundle expired = issued(
                leaf().subject("CN=expired").setIsCertificateAuthority(true).notAfter(NOW.minusSeconds(60)), null);
        assertThat(shake(
                        trusting(expired, 0).name("shop.test").build(),
                        issued(leaf().addSanDnsName("shop.test"), expired)))
                .contains("none of the certificates to trust");
    }

    @Test
    void mustBeForServers() {
        CertificateBuilder named = leaf().addSanDnsName("shop.test");
        ClientTls tls = trusting(ROOT, 0).name("shop.test").build();
        assertThat(shake(tls, issued(named.copy().addExtendedKeyUsageServerAuth(), ROOT)))
                .isNull();
        assertThat(shake(tls, issued(named.copy().addExtendedKeyUsageClientAuth(), ROOT)))
                .endsWith("may not be used by a server");
        assertThat(shake(tls, issued(named.copy().setKeyUsage(true, KeyUsage.digitalSignature), ROOT)))
                .isNull();
        assertThat(shake(tls, issued(named.copy().setKeyUsage(true, KeyUsage.keyAgreement), ROOT)))
                .endsWith("may not be used by a server");
    }

    @ParameterizedTest
    @CsvSource({
        "web.test, , web.test",
        "localhost, , localhost",
        "Web.Test., , web.test",
        "my_web.test, , ''",
        "'no name', , ''",
        "10.0.0.7, , ''",
        "::1, , ''",
        "web.test, '', ''",
        "10.0.0.7, shop.prod.svc, shop.prod.svc",
        "web.test, 10.0.0.1, ''",
    })
    void sendsTheServerNameThatIsWanted(String host, @Nullable String wanted, String sent) throws SSLException {
        ClientTls tls = ClientTls.builder().serverName(wanted).build();
        SSLEngine server = server(issued(leaf(), ROOT));
        SSLParameters parameters = server.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(0) {
            @Override
            public boolean matches(SNIServerName name) {
                return true;
            }
        }));
        server.setSSLParameters(parameters);
        new Handshake(tls.newEngine(host, 443, List.of()), server).run();
        List<String> names = new ArrayList<>();
        ((ExtendedSSLSession) server.getSession())
                .getRequestedServerNames()
                .forEach(name -> names.add(new String(name.getEncoded(), java.nio.charset.StandardCharsets.US_ASCII)));
        assertThat(names).isEqualTo(sent.isEmpty() ? List.of() : List.of(sent));
    }

    @Test
    void showsItsIdentityWhetherItIsValidOrNot() throws Exception {
        Instant then = Instant.parse("2020-01-01T00:00:00Z");
        Identity expired = Identity.selfSigned("shop/client", List.of("client.test"), then, then.plusSeconds(60));
        ClientTls tls = ClientTls.builder().identity(expired).build();
        Handshake handshake = new Handshake(tls.newEngine("web.test", 443, List.of()), demanding());
        handshake.run();
        assertThat(handshake.server.getSession().getPeerCertificates()[0])
                .isEqualTo(expired.chain().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void showsItsIdentityToThoseThatAsk(String protocol) throws Exception {
        Identity identity = Identities.ecdsa("shop/client", "client.test");
        ClientTls tls = ClientTls.builder()
                .identity(identity)
                .policy(TlsPolicy.INTERMEDIATE.withProtocols(protocol))
                .build();
        Handshake handshake = new Handshake(tls.newEngine("web.test", 443, List.of()), demanding());
        handshake.run();
        assertThat(handshake.server.getSession().getPeerCertificates()[0])
                .isEqualTo(identity.chain().get(0));
        assertThat(handshake.clientSession().getProtocol()).isEqualTo(protocol);
        assertThatThrownBy(() ->
                        new Handshake(ClientTls.UNVERIFIED.newEngine("web.test", 443, List.of()), demanding()).run())
                .isInstanceOf(SSLHandshakeException.class);
    }

    private static SSLEngine demanding() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        X509Bundle shown = issued(leaf(), ROOT);
        context.init(shown.toKeyManagerFactory().getKeyManagers(), Handshake.trusting(), null);
        SSLEngine engine = server(context);
        engine.setNeedClientAuth(true);
        return engine;
    }

    @Test
    void resumesItsOwnSessionsAndNobodyElses() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        X509Bundle shown = issued(leaf().addSanDnsName("shop.test"), ROOT);
        context.init(shown.toKeyManagerFactory().getKeyManagers(), null, null);
        ClientTls tls = trusting(ROOT, 0).name("shop.test").build();
        SSLSession first = new Handshake(tls.newEngine("web.test", 443, List.of()), server(context))
                .run()
                .clientSession();
        assertThat(new Handshake(tls.newEngine("web.test", 443, List.of()), server(context))
                        .run()
                        .clientSession()
                        .getCreationTime())
                .isEqualTo(first.getCreationTime());
        ClientTls strict = trusting(STRANGER, 0).name("shop.test").build();
        assertThatThrownBy(() -> new Handshake(strict.newEngine("web.test", 443, List.of()), server(context)).run())
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void agreesOnAnApplicationProtocol() throws SSLException {
        SSLEngine server = server(issued(leaf(), ROOT));
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        server.setSSLParameters(parameters);
        SSLEngine client = ClientTls.UNVERIFIED.newEngine("web.test", 443, List.of("h2"));
        new Handshake(client, server).run();
        assertThat(client.getApplicationProtocol()).isEqualTo("h2");
    }

    @Test
    void saysWhatItIsWithoutAnySecret() {
        Identity identity = Identities.ecdsa("shop/client", "client.test");
        assertThat(trusting(ROOT, 1).name("shop.test").identity(identity).build())
                .hasToString("verified as shop.test, shown shop/client");
        assertThat(ClientTls.UNVERIFIED).hasToString("unverified");
    }

    @Test
    void tellsItsSettings() {
        Identity identity = Identities.ecdsa("shop/client", "client.test");
        ClientTls tls = trusting(ROOT, 1)
                .label("shop/tls")
                .name("shop.test")
                .serverName("")
                .identity(identity)
                .policy(TlsPolicy.MODERN)
                .build();
        assertThat(tls.label()).isEqualTo("shop/tls");
        assertThat(tls.authorities()).containsExactly(ROOT.getCertificate());
        assertThat(tls.name()).isEqualTo("shop.test");
        assertThat(tls.serverName()).isEmpty();
        assertThat(tls.identity()).isSameAs(identity);
        assertThat(tls.protocols()).containsExactly("TLSv1.3");
        assertThat(ClientTls.UNVERIFIED.label()).isEmpty();
        assertThat(ClientTls.UNVERIFIED.authorities()).isEmpty();
        assertThat(ClientTls.UNVERIFIED.protocols())
                .isSubsetOf(
                        ClientTls.UNVERIFIED.newEngine("a.test", 443, List.of()).getEnabledProtocols())
                .contains("TLSv1.3", "TLSv1.2");
    }

    @Test
    void refusesToVerifyByNothing() {
        List<X509Certificate> none = List.of();
        assertThatThrownBy(() -> ClientTls.builder().verify(none, 1)).isInstanceOf(IllegalArgumentException.class);
        List<X509Certificate> some = List.of(ROOT.getCertificate());
        assertThatThrownBy(() -> ClientTls.builder().verify(some, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 100)
    void aWildcardStandsForExactlyOneLabel(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String first,
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String second)
            throws Exception {
        PeerNames names = new PeerNames(WILDCARD.getCertificate());
        assertThat(names.cover(first + ".shop.test")).isTrue();
        assertThat(names.cover(first + "." + second + ".shop.test")).isFalse();
        assertThat(names.cover(first + "shop.test")).isFalse();
        assertThat(names.cover("shop.test")).isFalse();
    }

    private static final X509Bundle WILDCARD = issued(Identities.addDnsNames(leaf(), "*.shop.test"), ROOT);
}
