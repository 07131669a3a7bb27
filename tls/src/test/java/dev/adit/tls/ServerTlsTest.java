package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole handshakes between two engines in memory. */
class ServerTlsTest {
    private static final Identity EXACT = Identities.ecdsa("exact", "shop.test");
    private static final Identity WILDCARD = Identities.ecdsa("wildcard", "*.shop.test");
    private static final Identity NAMED = Identities.of(Algorithm.rsa2048, "named", "named.test", "*.named.test");
    private static final Identity DEFAULT = Identities.ecdsa("default", "default.test");
    private static final Identity NEXT = Identities.ecdsa("next", "next.test");
    private static final CertificateTable TABLE = CertificateTable.builder()
            .host("shop.test", EXACT)
            .host("next.test", NEXT)
            .host("*.shop.test", WILDCARD)
            .hostWithDefault("plain.shop.test")
            .names(NAMED)
            .defaultIdentity(DEFAULT)
            .build();

    @ParameterizedTest
    @CsvSource({
        "shop.test, exact",
        "SHOP.test, exact",
        "www.shop.test, wildcard",
        "a.b.shop.test, default",
        "plain.shop.test, default",
        "named.test, named",
        "x.named.test, named",
        "elsewhere.test, default",
        ", default"
    })
    void aClientIsShownTheLeafOfTheNameItAsksFor(String serverName, String expected) throws SSLException {
        ServerTls tls = ServerTls.of(() -> TABLE);
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            assertThat(Handshake.leaf(tls, protocol, serverName))
                    .isEqualTo(identity(expected).chain().get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, exact",
        "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, rsa",
        "TLSv1.3, TLS_AES_128_GCM_SHA256, exact"
    })
    void aNameMayHaveACertificateForEveryKindOfClient(String protocol, String suite, String expected)
            throws SSLException {
        Identity rsa = Identities.of(Algorithm.rsa2048, "rsa", "shop.test");
        for (boolean rsaFirst : new boolean[] {false, true}) {
            CertificateTable table = CertificateTable.builder()
                    .host("shop.test", rsaFirst ? rsa : EXACT)
                    .host("shop.test", rsaFirst ? EXACT : rsa)
                    .build();
            SSLEngine client = Handshake.clientEngine(Handshake.client(), protocol, "shop.test");
            client.setEnabledCipherSuites(new String[] {suite});
            Handshake handshake =
                    new Handshake(client, ServerTls.of(() -> table).newEngine(List.of())).run();
            assertThat(handshake.leaf())
                    .isEqualTo((expected.equals("rsa") ? rsa : EXACT).chain().get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aNameWithoutAnIdentityFailsRatherThanShowAnotherCertificate(String protocol) {
        ServerTls tls = ServerTls.of(
                () -> CertificateTable.builder().host("shop.test", EXACT).build());
        for (String name : Arrays.asList("other.test", null)) {
            assertThatThrownBy(() -> Handshake.leaf(tls, protocol, name)).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aReplacedTableIsLiveForTheNextHandshake(String protocol) throws SSLException {
        AtomicReference<CertificateTable> table = new AtomicReference<>(TABLE);
        ServerTls tls = ServerTls.of(table::get);
        assertThat(Handshake.leaf(tls, protocol, "shop.test"))
                .isEqualTo(EXACT.chain().get(0));
        Identity renewed = Identities.ecdsa("renewed", "shop.test");
        table.set(CertificateTable.builder().host("shop.test", renewed).build());
        assertThat(Handshake.leaf(tls, protocol, "shop.test"))
                .isEqualTo(renewed.chain().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aSessionIsResumedForItsOwnNameOnly(String protocol) throws SSLException {
        // The default, since newer JDKs ask for the certificate of a ticket before they look at the name.
        CertificateTable table = CertificateTable.builder()
                .host("next.test", NEXT)
                .defaultIdentity(EXACT)
                .build();
        ServerTls tls = ServerTls.of(() -> table);
        SSLContext client = Handshake.client();
        long first =
                connect(tls, client, protocol, "shop.test").server.getSession().getCreationTime();
        while (System.currentTimeMillis() == first) {
            Thread.onSpinWait();
        }
        Handshake again = connect(tls, client, protocol, "shop.test");
        assertThat(again.server.getSession().getCreationTime()).as("resumed").isEqualTo(first);

        byte[] hello = Handshake.hello(Handshake.clientEngine(client, protocol, "shop.test"));
        SSLEngine server = tls.newEngine(List.of());
        Handshake.answer(server, replace(hello, "shop.test", "next.test"));
        assertThat(server.getHandshakeSession().getLocalCertificates())
                .containsExactly(NEXT.chain().toArray(X509Certificate[]::new));
    }

    @Test
    void olderProtocolsAreRefused() {
        assertThat(ServerTls.of(() -> TABLE).newEngine(List.of()).getEnabledProtocols())
                .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
        String random = "00".repeat(32);
        byte[] tls11Hello = HexFormat.of()
                .parseHex(
                        "160301002f" // record: handshake
                                + "0100002b0302" + random // client hello, TLS 1.1
                                + "00" + "0004c009002f" + "0100"); // no session, two suites, no compression;
        SSLEngine server = ServerTls.of(() -> TABLE).newEngine(List.of());
        assertThatThrownBy(() -> Handshake.answer(server, tls11Hello))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("TLSv1.1");
    }

    @Test
    void everySuiteHasForwardSecrecyAndAuthenticatedEncryption() {
        assertThat(ServerTls.of(() -> TABLE).newEngine(List.of()).getEnabledCipherSuites())
                .isNotEmpty()
                .allMatch(suite ->
                        suite.matches("TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\\d+_GCM|CHACHA20_POLY1305)_SHA\\d+"));
    }

    @Test
    void theServerChoosesTheSuiteAndTheProtocolName() throws SSLException {
        ServerTls tls = ServerTls.of(() -> TABLE);
        SSLEngine client = Handshake.clientEngine(Handshake.client(), "TLSv1.3", "shop.test");
        SSLParameters parameters = client.getSSLParameters();
        parameters.setCipherSuites(new String[] {"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"});
        parameters.setApplicationProtocols(new String[] {"http/1.1", "h2"});
        client.setSSLParameters(parameters);
        Handshake handshake = new Handshake(client, tls.newEngine(List.of("h2", "http/1.1"))).run();
        assertThat(handshake.clientSession().getCipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
        assertThat(handshake.server.getApplicationProtocol()).isEqualTo("h2");
        assertThat(handshake.client.getApplicationProtocol()).isEqualTo("h2");
    }

    @Test
    void aClientWithoutAlpnIsServedAndOneWithoutACommonProtocolIsNot() throws SSLException {
        ServerTls tls = ServerTls.of(() -> TABLE);
        Handshake silent = new Handshake(
                        Handshake.clientEngine(Handshake.client(), "TLSv1.3", "shop.test"),
                        tls.newEngine(List.of("http/1.1")))
                .run();
        assertThat(silent.server.getApplicationProtocol()).isEmpty();

        SSLEngine stranger = Handshake.clientEngine(Handshake.client(), "TLSv1.3", "shop.test");
        SSLParameters parameters = stranger.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"spdy/3"});
        stranger.setSSLParameters(parameters);
        assertThatThrownBy(() -> new Handshake(stranger, tls.newEngine(List.of("http/1.1"))).run())
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aRenegotiationIsRefused() throws SSLException {
        Handshake handshake = connect(ServerTls.of(() -> TABLE), Handshake.client(), "TLSv1.2", "shop.test");
        handshake.clientSession().invalidate(); // else it would be resumed, which costs nothing
        handshake.client.beginHandshake();
        assertThatThrownBy(handshake::pump).isInstanceOf(SSLException.class);
    }

    @Test
    void sessionsAreBoundedInNumberAndTime() {
        SSLContext context = ServerTls.of(() -> TABLE).context();
        assertThat(context.getServerSessionContext().getSessionTimeout()).isEqualTo(600);
        assertThat(context.getServerSessionContext().getSessionCacheSize()).isPositive();
    }

    private static Handshake connect(ServerTls tls, SSLContext client, String protocol, String serverName)
            throws SSLException {
        Handshake handshake =
                new Handshake(Handshake.clientEngine(client, protocol, serverName), tls.newEngine(List.of())).run();
        handshake.send("x".getBytes(StandardCharsets.US_ASCII));
        return handshake;
    }

    private static Identity identity(String label) {
        return TABLE.identities().stream()
                .filter(identity -> identity.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] replace(byte[] octets, String text, String sameLength) {
        String changed = new String(octets, StandardCharsets.ISO_8859_1).replace(text, sameLength);
        byte[] result = changed.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(result).hasSameSizeAs(octets).isNotEqualTo(octets);
        return result;
    }
}
