package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientHelloTest {
    private static final Identity ECDSA = Identities.ecdsa("ecdsa", "shop.test");
    private static final Identity RSA = Identities.of(Algorithm.rsa2048, "rsa", "shop.test");
    private static final byte[] HELLO = hello("TLSv1.3,TLSv1.2", "TLS_AES_128_GCM_SHA256", "shop.test", "h2");

    @Test
    void readsTheNameAndTheProtocols() {
        ClientHello hello = read(HELLO);
        assertThat(hello.serverName()).isEqualTo("shop.test");
        assertThat(hello.speaksOneOf(List.of("http/1.1", "h2"))).isTrue();
        assertThat(hello.speaksOneOf(List.of("http/1.1"))).isFalse();
        assertThat(hello).hasToString("ClientHello[shop.test TLS 1.3]");
    }

    @Test
    void aClientNeedNotNameAnything() {
        ClientHello hello = read(hello("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", null, null));
        assertThat(hello.serverName()).isNull();
        assertThat(hello.speaksOneOf(List.of())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256, true, true",
        "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, false, true",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true, false",
        "TLSv1.2, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, false, false",
    })
    void aClientIsShownWhatItCanVerify(String protocol, String suite, boolean ecdsa, boolean rsa) {
        ClientHello hello = read(hello(protocol, suite, "shop.test", null));
        assertThat(hello.verifies(ECDSA)).isEqualTo(ecdsa);
        assertThat(hello.verifies(RSA)).isEqualTo(rsa);
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", ECDSA)
                .host("shop.test", RSA)
                .build();
        assertThat(table.findFor(hello)).isSameAs(ecdsa ? ECDSA : rsa ? RSA : null);
    }

    @Test
    void everyBeginningOfAHelloIsBroken() {
        byte[] message = message(HELLO);
        int withoutExtensions = 0;
        for (int length = 0; length < message.length - 1; length++) {
            ClientHello hello = ClientHello.ofMessage(ByteBuffer.wrap(Arrays.copyOf(message, length)));
            withoutExtensions += hello == null ? 0 : 1;
        }
        assertThat(withoutExtensions).isEqualTo(1); // RFC 8446 section 4.1.2: they may be left out as a whole
    }

    @Test
    void thePositionOfTheBufferStays() {
        byte[] message = message(HELLO);
        ByteBuffer buffer =
                ByteBuffer.allocate(message.length + 3).position(3).put(message).position(3);
        assertThat(ClientHello.ofMessage(buffer)).isNotNull();
        assertThat(buffer.position()).isEqualTo(3);
    }

    private static byte[] message(byte[] record) {
        return Arrays.copyOfRange(record, 9, record.length);
    }

    private static ClientHello read(byte[] record) {
        return ClientHello.ofMessage(ByteBuffer.wrap(message(record)));
    }

    @Property(tries = 200)
    void nothingInAHelloIsTrusted(
            @ForAll @IntRange(max = 600) int at, @ForAll byte value, @ForAll @Size(max = 64) byte[] any) {
        byte[] broken = HELLO.clone();
        broken[at % broken.length] = value;
        assertThatCode(() -> read(broken)).doesNotThrowAnyException();
        assertThatCode(() -> ClientHello.ofMessage(ByteBuffer.wrap(any))).doesNotThrowAnyException();
    }

    static byte[] hello(String protocols, String suite, String serverName, String applicationProtocol) {
        try {
            SSLEngine engine = Handshake.client().createSSLEngine();
            SSLParameters parameters = new SSLParameters(new String[] {suite}, protocols.split(","));
            parameters.setServerNames(serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
            parameters.setApplicationProtocols(
                    applicationProtocol == null ? new String[0] : new String[] {applicationProtocol});
            engine.setSSLParameters(parameters);
            return Handshake.hello(engine);
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }
}
