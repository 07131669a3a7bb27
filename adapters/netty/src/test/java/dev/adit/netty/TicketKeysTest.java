package dev.adit.netty;

import static dev.adit.tck.fixture.TlsPeers.certificate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.tck.fixture.Peer;
import dev.adit.tck.fixture.Proxy;
import dev.adit.tck.fixture.ScriptedUpstream;
import dev.adit.tck.fixture.TlsPeers;
import dev.adit.tls.ServerTls;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tickets are good where, and for how long. */
class TicketKeysTest {
    @TempDir
    private Path folder;

    private static String line(int fill, int length) {
        byte[] secret = new byte[length];
        Arrays.fill(secret, (byte) fill);
        return Base64.getEncoder().encodeToString(secret) + "\n";
    }

    private static String line(int fill) {
        return line(fill, 48);
    }

    private static List<String> keys(TicketKeys keys) {
        return Arrays.stream(keys.current().keys("a")).map(TicketKeysTest::hex).toList();
    }

    private static String hex(OpenSslSessionTicketKey key) {
        HexFormat hex = HexFormat.of();
        return hex.formatHex(key.name()) + hex.formatHex(key.hmacKey()) + hex.formatHex(key.aesKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void gatewaysWithOneFileResumeEachOthersSessions(String protocol) throws Exception {
        if (!TlsEngine.OPENSSL.isAvailable()) {
            return; // the JDK's engine makes its own keys: see the test of its start
        }
        Path file = Files.writeString(folder.resolve("keys"), "# the first seals\n\n" + line(1));
        X509Bundle shared = certificate("a.test", "b.test");
        X509Bundle other = certificate("a.test", "b.test");
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy one = start(upstream, shared, file);
                Proxy two = start(upstream, shared, file);
                Proxy elsewhere = start(upstream, other, file);
                ResumingClient client = new ResumingClient(one.server.httpsPort(), protocol)) {
            assertThat(client.connect("a.test").resumed()).as("the first time").isFalse();
            assertThat(client.connect("a.test", two.server.httpsPort()).resumed())
                    .as("at the other gateway")
                    .isTrue();
            assertThat(client.connect("b.test", two.server.httpsPort()).resumed())
                    .as("for another name")
                    .isFalse();
            client.forget();
            client.connect("b.test", two.server.httpsPort());
            assertThat(client.connect("b.test").resumed())
                    .as("the other way round")
                    .isTrue();
            client.forget();
            client.connect("b.test");
            assertThat(client.connect("b.test", elsewhere.server.httpsPort()).resumed())
                    .as("with another certificate")
                    .isFalse();
        }
    }

    private static Proxy start(ScriptedUpstream upstream, X509Bundle certificate, Path file) {
        return new NettyTransport(TlsEngine.AUTO, file)
                .of(TlsPeers.manifest(upstream.port(), certificate, certificate))
                .tls()
                .start();
    }

    @Test
    void aContextFollowsItsKeys() throws Exception {
        if (!TlsEngine.OPENSSL.isAvailable()) {
            return; // without it, nobody has them
        }
        Path file = Files.writeString(folder.resolve("keys"), line(1));
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = start(upstream, certificate("a.test"), file);
                ResumingClient client = new ResumingClient(proxy.server.httpsPort(), "TLSv1.3")) {
            client.connect("a.test");
            replace(proxy, file, line(2) + line(1));
            assertThat(client.connect("a.test").resumed())
                    .as("the old key opens")
                    .isTrue();
            client.forget();
            client.connect("a.test");
            replace(proxy, file, line(2));
            assertThat(client.connect("a.test").resumed())
                    .as("the new one has sealed since")
                    .isTrue();
            replace(proxy, file, line(3));
            assertThat(client.connect("a.test").resumed())
                    .as("that is gone, too")
                    .isFalse();
            client.forget();
            client.connect("a.test");
            replace(proxy, file, "rubbish");
            assertThat(client.connect("a.test").resumed())
                    .as("rubbish changes nothing")
                    .isTrue();
        }
    }

    private static void replace(Proxy proxy, Path file, String text) throws IOException {
        Files.writeString(file, text);
        ((NettyGateway) proxy.server.stop()).ticketKeys().look();
    }

    @Test
    void theJdksEngineStartsWithoutThem() throws Exception {
        Path file = Files.writeString(folder.resolve("keys"), line(1));
        try (ScriptedUpstream upstream = ScriptedUpstream.answeringText("ok");
                Proxy proxy = new NettyTransport(TlsEngine.JDK, file)
                        .of(TlsPeers.manifest(upstream.port(), certificate("a.test"), certificate("b.test")))
                        .tls()
                        .start();
                Peer client = TlsPeers.connect(proxy.server.httpsPort(), "a.test")) {
            assertThat(client.socket.isConnected()).isTrue();
        }
    }

    @Test
    void generatedKeysSealForALifetimeAndOpenForAnother() {
        AtomicLong nanos = new AtomicLong(-5);
        TicketKeys keys = TicketKeys.generated(nanos::get);
        Duration lifetime = ServerTls.SESSION_LIFETIME;
        List<String> first = keys(keys);
        assertThat(first).hasSize(1);

        nanos.addAndGet(lifetime.toNanos() - 1);
        assertThat(keys(keys)).isEqualTo(first);
        nanos.addAndGet(1);
        List<String> second = keys(keys);
        assertThat(second).hasSize(2).endsWith(first.get(0)).doesNotHaveDuplicates();

        nanos.addAndGet(lifetime.toNanos());
        List<String> third = keys(keys);
        assertThat(third).hasSize(2).endsWith(second.get(0)).doesNotContain(first.get(0));
        nanos.addAndGet(2 * lifetime.toNanos());
        assertThat(keys(keys)).hasSize(1).doesNotContainAnyElementsOf(third);
    }

    @Test
    void keysOfOneSecretDifferByPurpose() {
        TicketKeys.Secrets secrets = TicketKeys.of(line(1) + line(1, 80)).current();

        List<String> all = List.of(
                hex(secrets.keys("a")[0]),
                hex(secrets.keys("b")[0]),
                hex(secrets.keys("a")[1]),
                hex(secrets.keys("b")[1]));
        assertThat(all).doesNotHaveDuplicates();
        assertThat(hex(TicketKeys.of(line(1)).current().keys("a")[0])).isEqualTo(all.get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "c2VjcmV0", "c2VjcmV0!", "Sekretö", "-----BEGIN PRIVATE KEY-----"})
    void whatIsNoKeyIsRefusedAndNotShown(String text) throws IOException {
        assertThatThrownBy(() -> TicketKeys.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContainingAny("c2VjcmV0", "secret", "PRIVATE", "ekret");
        Path file = Files.writeString(folder.resolve("keys"), text);
        assertThatThrownBy(() -> new TicketKeyFile(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keys")
                .hasMessageNotContainingAny("c2VjcmV0", "secret", "PRIVATE", "ekret");
    }

    @Test
    void thereAreAtMostSixteen() {
        assertThat(TicketKeys.of(String.join("", Collections.nCopies(16, line(1))))
                        .current()
                        .keys("a"))
                .hasSize(16);
        assertThatThrownBy(() -> TicketKeys.of(String.join("", Collections.nCopies(17, line(1)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileMustBeThereAndShort() throws IOException {
        assertThatThrownBy(() -> new TicketKeyFile(folder.resolve("missing"))).isInstanceOf(UncheckedIOException.class);
        Path file = Files.writeString(folder.resolve("long"), line(1) + "#".repeat(64 << 10));
        assertThatThrownBy(() -> new TicketKeyFile(file)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void saysNothingOfItself() {
        assertThat(TicketKeys.of(line(1))).hasToString("TicketKeys[given]");
    }
}
