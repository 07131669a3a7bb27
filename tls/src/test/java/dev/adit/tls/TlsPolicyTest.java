package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsPolicyTest {
    private static final Identity IDENTITY = Identities.ecdsa("shop", "shop.test");

    @ParameterizedTest
    @ValueSource(strings = {"", " , ", "SSLv3", "TLSv1", "TLSv1.1 TLSv1.2", "tlsv1.3"})
    void otherVersionsAreRefused(String names) {
        assertThatThrownBy(() -> TlsPolicy.INTERMEDIATE.withProtocols(names))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":", "HIGH:!aNULL", "AES128-SHA", "DES-CBC3-SHA", "NULL", "TLS_RSA_WITH_AES_128_GCM_SHA256"})
    void suitesWithoutForwardSecrecyAndKeyWordsAreRefused(String names) {
        assertThatThrownBy(() -> TlsPolicy.INTERMEDIATE.withCiphers(names))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void suitesHaveTheirNamesOfOpenSslOrOfIana() {
        TlsPolicy policy = TlsPolicy.INTERMEDIATE.withCiphers(
                "ECDHE-RSA-AES256-GCM-SHA384:TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,ECDHE-RSA-AES128-SHA");
        assertThat(policy.cipherSuites())
                .startsWith("TLS_AES_128_GCM_SHA256")
                .endsWith(
                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
        assertThat(TlsPolicy.MODERN.withCiphers("TLS_AES_256_GCM_SHA384").cipherSuites())
                .containsExactly("TLS_AES_256_GCM_SHA384");
        assertThat(policy.withProtocols("TLSv1.2,TLSv1.3").protocols()).containsExactly("TLSv1.3", "TLSv1.2");
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true, true", "TLSv1.2, false, true"})
    void aVersionThatIsNotTakenFails(String protocol, boolean modern, boolean intermediate) {
        assertThat(shakesHands(TlsPolicy.MODERN, protocol)).isEqualTo(modern);
        assertThat(shakesHands(TlsPolicy.INTERMEDIATE, protocol)).isEqualTo(intermediate);
        assertThat(shakesHands(TlsPolicy.INTERMEDIATE.withProtocols("TLSv1.2"), "TLSv1.3"))
                .isFalse();
    }

    @Test
    void theServersOrderDecidesUnlessItIsTheClients() throws SSLException {
        String server = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        String client = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        TlsPolicy policy = TlsPolicy.INTERMEDIATE.withCiphers(server + ":" + client);
        assertThat(suite(policy, client, server)).isEqualTo(server);
        assertThat(suite(policy.withServerPreference(false), client, server)).isEqualTo(client);
    }

    @Test
    void aNameMayHaveAPolicyOfItsOwn() throws SSLException {
        CertificateTable table = CertificateTable.builder()
                .defaultIdentity(IDENTITY)
                .build()
                .withPolicies(Map.of(
                        "modern.test",
                        TlsPolicy.MODERN,
                        "*.modern.test",
                        TlsPolicy.MODERN,
                        "old.modern.test",
                        TlsPolicy.INTERMEDIATE));
        ServerTls tls = ServerTls.of(() -> table);
        for (String name : Arrays.asList("shop.test", "old.modern.test", "a.b.modern.test", null)) {
            assertThat(shakesHands(tls, "TLSv1.2", name)).as(name).isTrue();
            assertThat(shakesHands(tls, "TLSv1.3", name)).as(name).isTrue();
        }
        for (String name : List.of("modern.test", "MODERN.test", "x.modern.test")) {
            assertThat(shakesHands(tls, "TLSv1.2", name)).as(name).isFalse();
            assertThat(shakesHands(tls, "TLSv1.3", name)).as(name).isTrue();
        }
    }

    @Test
    void whatIsNoWholeHelloFailsWhereNamesHavePolicies() throws SSLException {
        CertificateTable table = CertificateTable.builder()
                .defaultIdentity(IDENTITY)
                .build()
                .withPolicies(Map.of("modern.test", TlsPolicy.MODERN));
        byte[] hello = ClientHelloTest.hello("TLSv1.3", "TLS_AES_128_GCM_SHA256", "modern.test", null);
        byte[] piece = Arrays.copyOf(hello, 45);
        piece[3] = 0;
        piece[4] = 40;
        SSLEngine engine = ServerTls.of(() -> table).newEngine(List.of());
        engine.beginHandshake();
        assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        assertThat(engine.unwrap(ByteBuffer.wrap(hello, 0, 50), ByteBuffer.allocate(1 << 16))
                        .getStatus())
                .isEqualTo(SSLEngineResult.Status.BUFFER_UNDERFLOW);
        assertThatThrownBy(() -> engine.unwrap(ByteBuffer.wrap(piece), ByteBuffer.allocate(1 << 16)))
                .isInstanceOf(SSLHandshakeException.class);
        assertThat(ServerTls.platformEngine(engine)).isNotSameAs(engine);
    }

    private static String suite(TlsPolicy policy, String... offered) throws SSLException {
        var client = Handshake.clientEngine(Handshake.client(), "TLSv1.2", "shop.test");
        client.setEnabledCipherSuites(offered);
        return new Handshake(client, ServerTls.of(() -> table(policy)).newEngine(List.of()))
                .run()
                .clientSession()
                .getCipherSuite();
    }

    private static boolean shakesHands(TlsPolicy policy, String protocol) {
        return shakesHands(ServerTls.of(() -> table(policy)), protocol, "shop.test");
    }

    private static boolean shakesHands(ServerTls tls, String protocol, @Nullable String name) {
        try {
            Handshake.leaf(tls, protocol, name);
            return true;
        } catch (SSLException e) {
            return false;
        }
    }

    private static CertificateTable table(TlsPolicy policy) {
        return CertificateTable.builder()
                .defaultIdentity(IDENTITY)
                .policy(policy)
                .build();
    }
}
