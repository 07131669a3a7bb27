package dev.adit.netty;

import static dev.adit.netty.NettyTransport.with;
import static dev.adit.tck.fixture.TlsPeers.certificate;
import static dev.adit.tck.fixture.TlsPeers.connect;
import static dev.adit.tck.fixture.TlsPeers.manifest;
import static dev.adit.tck.fixture.TlsPeers.shown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.exchange.Outcome;
import dev.adit.exchange.TransportLimits;
import dev.adit.manifest.ResourceSet;
import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import dev.adit.tck.fixture.TlsPeers;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What must be the same whichever library does it. */
class TlsEngineTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void takesOpenSslWhereItIsAndNothingElseWhereItWasAskedFor() {
        boolean available = OpenSsl.isAvailable();
        assertThat(TlsEngine.AUTO.resolve()).isEqualTo(available ? TlsEngine.OPENSSL : TlsEngine.JDK);
        assertThat(TlsEngine.JDK.resolve()).isEqualTo(TlsEngine.JDK);
        if (available) {
            assertThat(TlsEngine.OPENSSL.resolve()).isEqualTo(TlsEngine.OPENSSL);
        } else {
            assertThatThrownBy(TlsEngine.OPENSSL::resolve).isInstanceOf(IllegalStateException.class);
        }
    }

    static Stream<Arguments> enginesAndKeys() {
        return TlsCases.engines().stream()
                .flatMap(engine -> Stream.of(Algorithm.ecp256, Algorithm.ecp384, Algorithm.rsa2048, Algorithm.ed25519)
                        .map(key -> Arguments.of(engine, key)));
    }

    @ParameterizedTest
    @MethodSource
    void enginesAndKeys(TlsEngine engine, Algorithm key) throws Exception {
        X509Bundle a = certificate(key, "a.test");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(manifest(upstream.port(), a, certificate("b.test")))
                        .tls()
                        .start();
                Peer client = connect(proxy.server.httpsPort(), "a.test", "http/1.1")) {
            assertThat(shown(client)).isEqualTo(a.getCertificate());
            assertThat(client.send(GET).response()).endsWith("\r\n\r\nok");
            proxy.awaitOutcomes(Outcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void speaksOnlyWhatIsSafe(TlsEngine engine) throws Exception {
        try (Proxy proxy = with(engine)
                .of(manifest(1, certificate("a.test"), certificate("b.test")))
                .tls()
                .start()) {
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                try (Peer client = connect(proxy.server.httpsPort(), "a.test", new String[] {protocol}, null)) {
                    assertThat(((SSLSocket) client.socket).getSession().getProtocol())
                            .isEqualTo(protocol);
                }
            }
            String[] preferred = {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
            try (Peer client = connect(proxy.server.httpsPort(), "a.test", new String[] {"TLSv1.2"}, preferred)) {
                assertThat(((SSLSocket) client.socket).getSession().getCipherSuite())
                        .as("the server's preference")
                        .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            }
            String[] weak = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"};
            assertThatThrownBy(() -> connect(proxy.server.httpsPort(), "a.test", new String[] {"TLSv1.2"}, weak))
                    .isInstanceOf(javax.net.ssl.SSLHandshakeException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void refusesWhoSpeaksOnlyOtherProtocols(TlsEngine engine) throws Exception {
        try (Proxy proxy = with(engine)
                        .of(manifest(1, certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start();
                Peer one = connect(proxy.server.httpsPort(), "a.test", "smtp", "http/1.1")) {
            assertThat(((SSLSocket) one.socket).getApplicationProtocol()).isEqualTo("http/1.1");
            assertThatThrownBy(() -> connect(proxy.server.httpsPort(), "a.test", "smtp", "http/1"))
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void failsNoHandshakeWhileCertificatesChange(TlsEngine engine) throws Exception {
        X509Bundle b = certificate("b.test");
        List<X509Bundle> certificates = List.of(certificate("a.test"), certificate("a.test"), certificate("a.test"));
        List<ResourceSet> resources = certificates.stream()
                .map(a -> Proxy.resources(manifest(1, a, b)))
                .toList();
        Set<X509Certificate> seen = Collections.synchronizedSet(new HashSet<>());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        try (Proxy proxy =
                with(engine).of(manifest(1, certificates.get(0), b)).tls().start()) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread client = new Thread(() -> {
                    for (int n = 0; n < 75; n++) {
                        try (Peer peer = connect(proxy.server.httpsPort(), "a.test")) {
                            seen.add(shown(peer));
                        } catch (Exception e) {
                            failures.add(e);
                        }
                    }
                });
                client.start();
                clients.add(client);
            }
            for (int i = 0; clients.stream().anyMatch(Thread::isAlive); i++) {
                proxy.gateway.update(resources.get(i % resources.size()));
            }
            assertThat(failures).isEmpty();
            assertThat(seen)
                    .containsExactlyInAnyOrderElementsOf(certificates.stream()
                            .map(X509Bundle::getCertificate)
                            .toList());
        }
    }

    static Stream<Arguments> badHellos() throws Exception {
        byte[] endless = new byte[9 + 300];
        ByteBuffer.wrap(endless).put(new byte[] {22, 3, 1, 1, 44, 1, 1, 0, 0}); // one record of a hello of 64 KiB
        List<Arguments> cases = new ArrayList<>();
        for (TlsEngine engine : TlsCases.engines()) {
            cases.add(Arguments.of(engine, "no TLS", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            cases.add(Arguments.of(engine, "too long", endless));
            cases.add(Arguments.of(engine, "name: dot at the end", hello("a.testx", "a.test.")));
            cases.add(Arguments.of(engine, "name: empty label", hello("a.x.test", "a...test")));
            cases.add(Arguments.of(engine, "name: no ASCII", hello("a.testx", "a.test\u00ff")));
            cases.add(Arguments.of(engine, "unknown name", hello("c.test", "c.test")));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource
    void badHellos(TlsEngine engine, String what, byte[] hello) throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .tlsHandshake(Duration.ofMillis(500))
                .build();
        try (Proxy proxy = with(engine)
                        .of(manifest(1, certificate("a.test"), certificate("b.test")))
                        .limits(limits)
                        .tls()
                        .start();
                Peer client = Peer.connect(proxy.server.httpsPort())) {
            client.send(hello);
            String answer = client.rest();
            if (what.startsWith("name:")) {
                assertThat(answer).as("a fatal alert").contains("\u0015\u0003\u0003\u0000\u0002\u0002");
            }
            assertThat(answer).as("no certificate").hasSizeLessThan(300);
        }
    }

    /** A hello for {@code name}, with {@code other} of the same length in its place. */
    private static byte[] hello(String name, String other) throws Exception {
        String hello = TlsPeers.hello(name);
        assertThat(hello).contains(name);
        return hello.replace(name, other).getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void waitsOnlySoLongForAHello(TlsEngine engine) throws Exception {
        TransportLimits limits = TransportLimits.DEFAULT.toBuilder()
                .tlsHandshake(Duration.ofMillis(200))
                .build();
        try (Proxy proxy = with(engine)
                        .of(manifest(1, certificate("a.test"), certificate("b.test")))
                        .limits(limits)
                        .tls()
                        .start();
                Peer silent = Peer.connect(proxy.server.httpsPort());
                Peer slow = Peer.connect(proxy.server.httpsPort())) {
            slow.send(new byte[] {22, 3, 1});
            assertThat(silent.in().read()).isEqualTo(-1);
            assertThat(slow.rest()).hasSizeLessThan(30);
        }
    }
}
