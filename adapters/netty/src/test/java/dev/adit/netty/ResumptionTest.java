package dev.adit.netty;

import static dev.adit.netty.NettyTransport.with;
import static dev.adit.tck.fixture.TlsPeers.certificate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import dev.adit.tck.fixture.TlsPeers;
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
                Proxy proxy = with(engine)
                        .of(TlsPeers.manifest(upstream.port(), a, certificate("b.test")))
                        .tls()
                        .start();
                ResumingClient client = new ResumingClient(proxy.server.httpsPort(), protocol)) {
            assertThat(client.connect("a.test").resumed()).as("the first time").isFalse();
            assertThat(client.connect("a.test").resumed()).as("again").isTrue();
            assertThat(client.connect("b.test").resumed()).as("another name").isFalse();

            proxy.gateway.update(Proxy.resources(TlsPeers.manifest(upstream.port(), shared, shared)));
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

    @ParameterizedTest
    @MethodSource("enginesAndProtocols")
    void aNameThatAsksForCertificatesIsNeverResumed(TlsEngine engine, String protocol) throws Exception {
        X509Bundle a = certificate("a.test");
        X509Bundle b = certificate("b.test");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(TlsPeers.asking(TlsPeers.manifest(upstream.port(), a, b), a))
                        .tls()
                        .start();
                ResumingClient client = new ResumingClient(proxy.server.httpsPort(), protocol)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.connect("a.test").resumed()).isFalse();
            }
            proxy.gateway.update(Proxy.resources(TlsPeers.manifest(upstream.port(), a, b)));
            client.forget(); // it would go on to offer what it was given first
            client.connect("a.test");
            assertThat(client.connect("a.test").resumed()).as("it asks no more").isTrue();
            proxy.gateway.update(Proxy.resources(TlsPeers.asking(TlsPeers.manifest(upstream.port(), a, b), a)));
            assertThat(client.connect("a.test").resumed()).as("it asks again").isFalse();
        }
    }
}
