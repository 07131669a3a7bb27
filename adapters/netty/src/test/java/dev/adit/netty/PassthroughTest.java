package dev.adit.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.exchange.TransportLimits;
import dev.adit.policy.Settings;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tls.ClientTls;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole handshakes through a gateway that passes them on, beside those that end in it. */
class PassthroughTest {
    private static final Identity FRONT = identity("front.test");
    private static final Identity BEHIND = identity("behind.test");

    private final List<AutoCloseable> open = new ArrayList<>();

    private static Identity identity(String name) {
        Instant now = Instant.now();
        return Identity.selfSigned(name, List.of(name), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)));
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** A gateway in front of another, which passes on what asks for a.test, and allows one unfinished handshake at a time. */
    private NettyGateway start(TlsEngine engine) {
        Gateway behind = Gateway.builder().defaultIdentity(BEHIND).build();
        NettyGateway endpoint = server(behind, TlsEngine.JDK, TransportLimits.DEFAULT);
        String manifest = Proxy.manifest("http", endpoint.httpsPort())
                .replace(
                        "namespace: shop}\nspec:\n  rules",
                        "namespace: shop, annotations: {nginx.ingress.kubernetes.io/ssl-passthrough: 'true'}}\n"
                                + "spec:\n  rules");
        Gateway front = Gateway.builder()
                .settings(Settings.DEFAULT.with(Map.of("enable-ssl-passthrough", "true")))
                .defaultIdentity(FRONT)
                .resources(Proxy.resources(manifest))
                .build();
        return server(
                front, engine, TransportLimits.DEFAULT.toBuilder().handshakes(1).build());
    }

    private NettyGateway server(Gateway gateway, TlsEngine engine, TransportLimits limits) {
        NettyGateway server = NettyGateway.builder()
                .gateway(gateway)
                .bind(InetAddress.getLoopbackAddress())
                .https(0)
                .tlsEngine(engine)
                .limits(limits)
                .eventLoopThreads(1)
                .shutdownGrace(Duration.ZERO)
                .build()
                .start();
        open.add(server);
        return server;
    }

    private SSLSocket connect(NettyGateway server, String name, String version) throws Exception {
        SSLContext context = ClientTls.builder().build().context();
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.httpsPort());
        open.add(socket);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Whether the server says anything once it has the preface of HTTP/2 and empty settings. */
    private static boolean answers(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        return socket.getInputStream().read() >= 0;
    }

    @ParameterizedTest
    @MethodSource("dev.adit.netty.TlsCases#engines")
    void endpointsShakeHandsThemselves(TlsEngine engine) throws Exception {
        NettyGateway server = start(engine);
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            for (int i = 0; i < 3; i++) { // each leaves room for the next
                SSLSocket through = connect(server, "a.test", version);
                assertThat(through.getSession().getPeerCertificates()[0])
                        .isEqualTo(BEHIND.chain().get(0));
                assertThat(through.getApplicationProtocol()).isEqualTo("h2");
                assertThat(answers(through)).isTrue();

                SSLSocket ended = connect(server, "b.test", version);
                assertThat(ended.getSession().getPeerCertificates()[0])
                        .isEqualTo(FRONT.chain().get(0));
                assertThat(answers(ended)).isTrue();
            }
        }
    }
}
