package dev.adit.netty;

import static dev.adit.netty.TlsCases.certificate;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A session comes back for its own name only. */
class ResumptionTest {
    static Stream<Arguments> enginesAndProtocols() {
        return TlsCases.engines().stream()
                .flatMap(engine -> Stream.of("TLSv1.2", "TLSv1.3").map(protocol -> Arguments.of(engine, protocol)));
    }

    @ParameterizedTest
    @MethodSource("enginesAndProtocols")
    void resumesForTheSameNameOnly(TlsEngine engine, String protocol) throws Exception {
        X509Bundle a = certificate("a.test");
        X509Bundle shared = certificate("a.test", "b.test");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = Proxy.of(TlsCases.manifest(upstream.port(), a, certificate("b.test")))
                        .tls(engine)
                        .start();
                ResumingClient client = new ResumingClient(proxy.server.httpsPort(), protocol)) {
            assertThat(client.connect("a.test").resumed()).as("the first time").isFalse();
            assertThat(client.connect("a.test").resumed()).as("again").isTrue();
            assertThat(client.connect("b.test").resumed()).as("another name").isFalse();

            proxy.gateway.update(Proxy.resources(TlsCases.manifest(upstream.port(), shared, shared)));
            ResumingClient.Connection renewed = client.connect("a.test");
            if (!renewed.resumed()) {
                assertThat(renewed.shown()).isEqualTo(shared.getCertificate());
            }
            client.forget();
            assertThat(client.connect("a.test").shown()).isEqualTo(shared.getCertificate());
            assertThat(client.connect("b.test").resumed())
                    .as("another name of the same certificate")
                    .isFalse();
        }
    }
}
