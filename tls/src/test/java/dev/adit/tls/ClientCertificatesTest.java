package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.matcher.HostMap;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom servers ask for a certificate, and that what was shown once is shown again. */
class ClientCertificatesTest {
    private static final Instant FROM = Instant.now().minus(Duration.ofDays(1));
    private static final Instant UNTIL = FROM.plus(Duration.ofDays(10));
    private static final CertificateIssuer ROOT = CertificateIssuer.root("CN=root", FROM, UNTIL);
    private static final Identity ALICE = ROOT.client("CN=alice", FROM, UNTIL);
    private static final Optional<ClientAuthority> ASKED = Optional.of(authority());
    private static final CertificateTable TABLE = CertificateTable.builder()
            .defaultIdentity(Identities.ecdsa("default", "default.test"))
            .build()
            .withClientAuthorities(HostMap.<Optional<ClientAuthority>>builder()
                    .put("asked.test", ASKED)
                    .put("*.asked.test", ASKED)
                    .put("free.asked.test", Optional.empty())
                    .build());
    private static final ServerTls TLS = ServerTls.of(() -> TABLE);

    @ParameterizedTest
    @CsvSource({
        "asked.test, true",
        "ASKED.test, true",
        "a.asked.test, true",
        "free.asked.test, false",
        "a.b.asked.test, false",
        "other.test, false",
        ", false"
    })
    void onlyNamesWithAnAuthorityAsk(String name, boolean asks) throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            Handshake handshake = connect(holderOf(ALICE), protocol, name);
            assertThat(ClientChain.of(handshake.server.getSession()).leaf())
                    .isEqualTo(asks ? ALICE.chain().get(0) : null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientMayShowNothingOrWhatNobodyKnows(String protocol) throws Exception {
        Handshake silent = connect(Handshake.client(), protocol, "asked.test");
        assertThat(ClientChain.of(silent.server.getSession()).isEmpty()).isTrue();
        Identity own = Identity.selfSigned("own", List.of("own.test"), FROM, UNTIL);
        Handshake stranger = connect(holderOf(own), protocol, "asked.test");
        assertThat(ClientChain.of(stranger.server.getSession()).leaf())
                .isEqualTo(own.chain().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void noSessionOfANameThatAsksIsResumed(String protocol) throws Exception {
        SSLContext client = holderOf(ALICE);
        long first = connect(client, protocol, "asked.test").server.getSession().getCreationTime();
        while (System.currentTimeMillis() == first) {
            Thread.onSpinWait();
        }
        Handshake again = connect(client, protocol, "asked.test");
        assertThat(again.server.getSession().getCreationTime()).isNotEqualTo(first);
        assertThat(ClientChain.of(again.server.getSession()).leaf())
                .isEqualTo(ALICE.chain().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aSessionFromBeforeTheNameAskedIsNotResumed(String protocol) throws Exception {
        CertificateTable[] table = {TABLE.withClientAuthorities(CertificateTable.NOBODY)};
        ServerTls tls = ServerTls.of(() -> table[0]);
        SSLContext client = holderOf(ALICE);
        Handshake before = connect(tls, client, protocol, "asked.test");
        assertThat(ClientChain.of(before.server.getSession()).isEmpty()).isTrue();
        table[0] = TABLE;
        Handshake after = connect(tls, client, protocol, "asked.test");
        assertThat(ClientChain.of(after.server.getSession()).leaf())
                .isEqualTo(ALICE.chain().get(0));
    }

    private static Handshake connect(SSLContext client, String protocol, String name) throws Exception {
        return connect(TLS, client, protocol, name);
    }

    private static Handshake connect(ServerTls tls, SSLContext client, String protocol, String name) throws Exception {
        Handshake handshake =
                new Handshake(Handshake.clientEngine(client, protocol, name), tls.newEngine(List.of())).run();
        handshake.send("x".getBytes(StandardCharsets.US_ASCII));
        return handshake;
    }

    /** A client that trusts everybody and shows {@code identity} if it is asked. */
    private static SSLContext holderOf(Identity identity) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "own", identity.key(), new char[0], identity.chain().toArray(java.security.cert.Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), Handshake.trusting(), null);
        return context;
    }

    private static ClientAuthority authority() {
        try {
            return ClientAuthority.fromPem("ca", ROOT.certificatePem().getBytes(StandardCharsets.US_ASCII), null);
        } catch (PemException e) {
            throw new AssertionError(e);
        }
    }
}
