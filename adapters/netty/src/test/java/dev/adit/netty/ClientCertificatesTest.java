package dev.adit.netty;

import static dev.adit.netty.NettyTransport.with;
import static dev.adit.tck.fixture.TlsPeers.certificate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import dev.adit.tck.fixture.TlsPeers;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients' certificates by either engine; the judge only tries the one that is there. */
class ClientCertificatesTest {
    static Stream<Arguments> enginesAndProtocols() {
        return TlsCases.engines().stream()
                .flatMap(engine -> Stream.of("TLSv1.2", "TLSv1.3").map(protocol -> Arguments.of(engine, protocol)));
    }

    @ParameterizedTest
    @MethodSource("enginesAndProtocols")
    void whatClientsShowIsJudgedByTheHost(TlsEngine engine, String protocol) throws Exception {
        X509Bundle root = authority("CN=root");
        X509Bundle between = new CertificateBuilder()
                .subject("CN=between")
                .setIsCertificateAuthority(true)
                .buildIssuedBy(root);
        X509Bundle good = new CertificateBuilder().subject("CN=good").buildIssuedBy(between);
        X509Bundle bad = new CertificateBuilder().subject("CN=bad").buildIssuedBy(authority("CN=root"));
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(TlsPeers.asking(
                                TlsPeers.manifest(upstream.port(), certificate("a.test"), certificate("b.test")), root))
                        .tls()
                        .start()) {
            int port = proxy.server.httpsPort();
            assertThat(status(port, protocol, new Shown(good, between))).isEqualTo(200);
            assertThat(status(port, protocol, new Shown(bad))).isEqualTo(400);
            assertThat(status(port, protocol, null)).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @MethodSource("enginesAndProtocols")
    void openSslSaysWhomItBelieves(TlsEngine engine, String protocol) throws Exception {
        X509Bundle root = authority("CN=root");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = with(engine)
                        .of(TlsPeers.asking(
                                TlsPeers.manifest(upstream.port(), certificate("a.test"), certificate("b.test")), root))
                        .tls()
                        .start()) {
            Shown client = new Shown(new CertificateBuilder().subject("CN=x").buildIssuedBy(root));
            assertThat(status(proxy.server.httpsPort(), protocol, client)).isEqualTo(200);
            assertThat(client.named)
                    .isEqualTo(engine == TlsEngine.OPENSSL ? List.of(new X500Principal("CN=root")) : List.of());
        }
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .subject(name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static int status(int port, String protocol, @Nullable Shown client) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = client == null ? new KeyManager[0] : new KeyManager[] {client};
        context.init(keys, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.test")));
            parameters.setProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.split(" ", 3)[1]);
        }
    }

    /** Shows its chain whatever is asked for, and remembers whom the server named. */
    private static final class Shown extends X509ExtendedKeyManager {
        final List<Principal> named = new ArrayList<>();
        private final X509Bundle leaf;
        private final X509Certificate[] chain;

        Shown(X509Bundle leaf, X509Bundle... others) {
            this.leaf = leaf;
            chain = Stream.concat(Stream.of(leaf), Stream.of(others))
                    .map(X509Bundle::getCertificate)
                    .toArray(X509Certificate[]::new);
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {"own"};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            named.clear();
            named.addAll(issuers == null ? List.of() : List.of(issuers));
            return "own";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return leaf.getKeyPair().getPrivate();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
