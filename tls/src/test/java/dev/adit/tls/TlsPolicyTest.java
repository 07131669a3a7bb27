package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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

    private static ServerTls withPolicyOfModern() {
        CertificateTable table = CertificateTable.builder()
                .defaultIdentity(IDENTITY)
                .build()
                .withPolicies(Map.of("modern.test", TlsPolicy.MODERN));
        return ServerTls.of(() -> table);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 40, 200, 16_384})
    void aHelloMayComeInSeveralRecordsWhereNamesHavePolicies(int octets) throws SSLException {
        ServerTls tls = withPolicyOfModern();
        for (String name : List.of("shop.test", "modern.test")) {
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                SSLEngine client = Handshake.clientEngine(Handshake.client(), protocol, name);
                Handshake handshake = new Handshake(client, tls.newEngine(List.of()));
                if (name.equals("modern.test") && protocol.equals("TLSv1.2")) {
                    assertThatThrownBy(() -> handshake.runInPieces(octets)).isInstanceOf(SSLException.class);
                } else {
                    assertThat(handshake.runInPieces(octets).leaf())
                            .isEqualTo(IDENTITY.chain().get(0));
                    assertThat(handshake.clientSession().getProtocol()).isEqualTo(protocol);
                }
            }
        }
    }

    @Test
    void aRecordThatIsNotThereYetIsWaitedFor() throws SSLException {
        byte[] hello = ClientHelloTest.hello("TLSv1.3", "TLS_AES_128_GCM_SHA256", "modern.test", null);
        SSLEngine engine = withPolicyOfModern().newEngine(List.of());
        engine.beginHandshake();
        assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        for (int length : new int[] {0, 4, 50, hello.length - 1}) {
            SSLEngineResult result = engine.unwrap(ByteBuffer.wrap(hello, 0, length), ByteBuffer.allocate(1 << 16));
            assertThat(result.getStatus()).isEqualTo(SSLEngineResult.Status.BUFFER_UNDERFLOW);
            assertThat(result.bytesConsumed()).isZero();
        }
        assertThat(ServerTls.platformEngine(engine)).isNotSameAs(engine);
    }

    static Stream<Arguments> whatIsNoHello() {
        byte[] hello = ClientHelloTest.hello("TLSv1.3", "TLS_AES_128_GCM_SHA256", "modern.test", null);
        byte[] broken = hello.clone();
        broken[9 + 2 + 32] = (byte) 200; // a session longer than the hello
        return Stream.of(
                Arguments.of("an alert", new byte[] {21, 3, 3, 0, 2, 1, 0}),
                Arguments.of("another message", new byte[] {22, 3, 1, 0, 1, 2}),
                Arguments.of("an empty record", new byte[] {22, 3, 1, 0, 0}),
                Arguments.of("an empty hello", new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0}),
                Arguments.of("a long hello", new byte[] {22, 3, 1, 0, 4, 1, 0, 0x40, 1}),
                Arguments.of("a broken hello", broken),
                Arguments.of(
                        "a record of something else within", changed(Handshake.inPieces(hello, 40), 45, (byte) 21)),
                Arguments.of("too many records", Handshake.inPieces(hello, 1)));
    }

    private static byte[] changed(byte[] records, int at, byte type) {
        byte[] copy = records.clone();
        copy[at] = type;
        return copy;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsNoHello")
    void whatIsNoHelloFailsWhereNamesHavePolicies(String what, byte[] records) throws SSLException {
        SSLEngine engine = withPolicyOfModern().newEngine(List.of());
        engine.beginHandshake();
        ByteBuffer in = ByteBuffer.wrap(records);
        assertThatThrownBy(() -> {
                    while (in.hasRemaining()) {
                        engine.unwrap(in, ByteBuffer.allocate(1 << 16));
                    }
                })
                .as(what)
                .isInstanceOf(SSLHandshakeException.class);
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
