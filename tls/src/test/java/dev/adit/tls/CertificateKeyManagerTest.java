package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateKeyManagerTest {
    private static final List<Identity> RENEWALS = IntStream.range(0, 4)
            .mapToObj(i -> Identities.ecdsa("renewal " + i, "shop.test"))
            .toList();
    private static final List<CertificateTable> TABLES =
            RENEWALS.stream().map(CertificateKeyManagerTest::table).toList();

    @Test
    void anAliasOutlivesItsTable() {
        AtomicReference<CertificateTable> current = new AtomicReference<>(TABLES.get(0));
        CertificateKeyManager manager = new CertificateKeyManager(current::get);
        String alias = manager.chooseEngineServerAlias("EC", null, null);
        for (int swap = 1; swap < TABLES.size(); swap++) {
            current.set(TABLES.get(swap));
            assertThat(manager.getPrivateKey(alias)).isSameAs(RENEWALS.get(0).key());
            assertThat(manager.getCertificateChain(alias))
                    .containsExactly(RENEWALS.get(0).chain().toArray(X509Certificate[]::new));
        }
        assertThat(manager.chooseEngineServerAlias("EC", null, null))
                .isEqualTo(RENEWALS.get(3).fingerprint());
    }

    @Test
    void aReplacedKeyIsForgottenAfterEnoughChoices() {
        AtomicReference<CertificateTable> current = new AtomicReference<>(TABLES.get(0));
        CertificateKeyManager manager = new CertificateKeyManager(current::get);
        String old = manager.chooseEngineServerAlias("EC", null, null);
        current.set(TABLES.get(1));
        for (int i = 1; i < CertificateKeyManager.RECENT; i++) {
            manager.chooseEngineServerAlias("EC", null, null);
        }
        assertThat(manager.getPrivateKey(old)).isNotNull();
        manager.chooseEngineServerAlias("EC", null, null);
        assertThat(manager.getPrivateKey(old)).isNull();
        assertThat(manager.getCertificateChain(old)).isNull();
    }

    @Test
    void aReplacedKeyIsForgottenAfterAWhile() {
        AtomicReference<CertificateTable> current = new AtomicReference<>(TABLES.get(0));
        AtomicLong now = new AtomicLong(-5);
        CertificateKeyManager manager = new CertificateKeyManager(current::get, now::get);
        String old = manager.chooseEngineServerAlias("EC", null, null);
        current.set(TABLES.get(1));
        now.addAndGet(CertificateKeyManager.GRACE.toNanos() - 1);
        manager.chooseEngineServerAlias("EC", null, null);
        assertThat(manager.getPrivateKey(old)).isNotNull();
        now.incrementAndGet();
        String next = manager.chooseEngineServerAlias("EC", null, null);
        assertThat(manager.getPrivateKey(old)).isNull();
        current.set(TABLES.get(2));
        assertThat(manager.getPrivateKey(next)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"ecp256, EC", "rsa2048, RSA", "ed25519, EdDSA"})
    void aKeyAnswersOnlyForItsKind(Algorithm algorithm, String kind) {
        CertificateTable table = table(Identities.of(algorithm, "kind", "kind.test"));
        CertificateKeyManager manager = new CertificateKeyManager(() -> table);
        for (String asked : List.of("EC", "RSA", "EdDSA", "RSASSA-PSS", "DSA", "EC_RSA")) {
            assertThat(manager.chooseServerAlias(asked, null, null) != null)
                    .as(asked)
                    .isEqualTo(asked.equals(kind));
            assertThat(manager.getServerAliases(asked, null) != null).as(asked).isEqualTo(asked.equals(kind));
        }
    }

    @Test
    void whatItDoesNotKnowIsNull() {
        CertificateKeyManager manager = new CertificateKeyManager(() -> CertificateTable.EMPTY);
        assertThat(manager.chooseEngineServerAlias("EC", null, null)).isNull();
        assertThat(manager.chooseServerAlias("EC", null, null)).isNull();
        assertThat(manager.getServerAliases("EC", null)).isNull();
        assertThat(manager.getPrivateKey(null)).isNull();
        assertThat(manager.getPrivateKey("unknown")).isNull();
        assertThat(manager.getCertificateChain("unknown")).isNull();
        assertThat(manager.chooseClientAlias(new String[] {"EC"}, null, null)).isNull();
        assertThat(manager.chooseEngineClientAlias(new String[] {"EC"}, null, null))
                .isNull();
        assertThat(manager.getClientAliases("EC", null)).isNull();
    }

    @Test
    void anEngineBeforeItsHandshakeGetsTheDefault() {
        CertificateKeyManager manager = new CertificateKeyManager(() -> TABLES.get(0));
        assertThat(manager.chooseEngineServerAlias(
                        "EC", null, ServerTls.of(() -> TABLES.get(0)).newEngine(List.of())))
                .isEqualTo(RENEWALS.get(0).fingerprint());
    }

    /** The swap falls between the three questions of every handshake, since no two reads see the same table. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void noHandshakeFailsIfTheTableChangesAtEveryRead(String protocol) throws Exception {
        AtomicInteger reads = new AtomicInteger();
        ServerTls tls = ServerTls.of(() -> TABLES.get(reads.getAndIncrement() % TABLES.size()));
        for (int i = 0; i < 20; i++) {
            assertThat(leaves()).contains(Handshake.leaf(tls, protocol, "shop.test"));
        }
        assertThat(reads).hasValueGreaterThan(40);
    }

    @Test
    void noHandshakeFailsWhileTablesAreSwapped() throws Exception {
        AtomicReference<CertificateTable> current = new AtomicReference<>(TABLES.get(0));
        ServerTls tls = ServerTls.of(current::get);
        Set<X509Certificate> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Future<?> swapper = threads.submit(() -> {
                for (int i = 0; !done.get(); i++) {
                    current.set(TABLES.get(i % TABLES.size()));
                    Thread.onSpinWait();
                }
            });
            List<Future<?>> clients = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                clients.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        seen.add(Handshake.leaf(tls, i % 2 == 0 ? "TLSv1.3" : "TLSv1.2", "shop.test"));
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            done.set(true);
            swapper.get();
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(leaves()).containsAll(seen);
        assertThat(seen).hasSizeGreaterThan(1);
    }

    @Test
    void socketsAreServedAsEnginesAre() throws Exception {
        Identity other = Identities.ecdsa("other", "other.test");
        CertificateTable table = CertificateTable.builder()
                .host("shop.test", RENEWALS.get(0))
                .host("other.test", other)
                .build();
        ServerTls tls = ServerTls.of(() -> table);
        ExecutorService server = Executors.newSingleThreadExecutor();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<String> accepted = server.submit(() -> {
                try (SSLSocket socket =
                        (SSLSocket) tls.context().getSocketFactory().createSocket(listener.accept(), null, true)) {
                    socket.setUseClientMode(false);
                    socket.setSSLParameters(tls.parameters(List.of("http/1.1")));
                    socket.startHandshake();
                    socket.getInputStream().read();
                    return socket.getApplicationProtocol();
                }
            });
            try (SSLSocket client = (SSLSocket) Handshake.client()
                    .getSocketFactory()
                    .createSocket(listener.getInetAddress(), listener.getLocalPort())) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName("other.test")));
                parameters.setApplicationProtocols(new String[] {"http/1.1"});
                client.setSSLParameters(parameters);
                client.startHandshake();
                assertThat(client.getSession().getPeerCertificates()[0])
                        .isEqualTo(other.chain().get(0));
            }
            assertThat(accepted.get()).isEqualTo("http/1.1");
        } finally {
            server.shutdownNow();
        }
    }

    private static List<X509Certificate> leaves() {
        return RENEWALS.stream().map(identity -> identity.chain().get(0)).toList();
    }

    private static CertificateTable table(Identity identity) {
        return CertificateTable.builder().defaultIdentity(identity).build();
    }
}
