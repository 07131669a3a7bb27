package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.policy.Settings;
import dev.adit.standalone.RunningGateway.Listeners;
import java.io.File;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code openssl s_client} can agree on with each transport. */
@Tag("peers")
class TlsScanPeersTest {
    private static final String CONNECTED = "Cipher is ";
    private static final String NOTHING = "Cipher is (NONE)";

    @ParameterizedTest
    @EnumSource
    void onlyNewVersionsAndForwardSecrecy(Transport transport) throws Exception {
        scan(transport, Map.of(), port -> {
            assertThat(agrees(port, "-tls1", "-cipher", "ALL:@SECLEVEL=0")).isFalse();
            assertThat(agrees(port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")).isFalse();
            assertThat(agrees(port, "-tls1_2")).isTrue();
            assertThat(agrees(port, "-tls1_3")).isTrue();
            List<String> suites = new ArrayList<>();
            for (String suite : suites()) {
                if (agrees(port, "-tls1_2", "-cipher", suite + ":@SECLEVEL=0")) {
                    suites.add(suite);
                }
            }
            assertThat(suites)
                    .containsExactlyInAnyOrder(
                            "ECDHE-ECDSA-AES128-GCM-SHA256",
                            "ECDHE-ECDSA-AES256-GCM-SHA384",
                            "ECDHE-ECDSA-CHACHA20-POLY1305");
        });
    }

    @ParameterizedTest
    @EnumSource
    void settingsNarrowWhatIsTaken(Transport transport) throws Exception {
        scan(transport, Map.of("tls-profile", "modern"), port -> {
            assertThat(agrees(port, "-tls1_2")).isFalse();
            assertThat(agrees(port, "-tls1_3")).isTrue();
        });
        Map<String, String> one = Map.of("ssl-protocols", "TLSv1.2", "ssl-ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384");
        scan(transport, one, port -> {
            assertThat(agrees(port, "-tls1_3")).isFalse();
            assertThat(agrees(port, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"))
                    .isFalse();
            assertThat(agrees(port, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"))
                    .isTrue();
        });
    }

    private interface Scan {
        void of(int port) throws Exception;
    }

    private static void scan(Transport transport, Map<String, String> settings, Scan scan) throws Exception {
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(settings))
                .defaultIdentity(GeneratedCertificates.standIn())
                .build();
        try (Transport.Running running =
                transport.start(gateway, new Listeners(InetAddress.getLoopbackAddress(), -1, 0, null))) {
            scan.of(running.httpsPort());
        }
    }

    /** Every suite of TLS 1.2 and before that OpenSSL has. */
    private static List<String> suites() throws Exception {
        List<String> suites =
                new ArrayList<>(List.of(output("openssl", "ciphers", "-s", "-tls1_2", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
                        .strip()
                        .split(":")));
        suites.removeIf(suite -> suite.startsWith("TLS_") || suite.contains("PSK") || suite.contains("SRP"));
        assertThat(suites).hasSizeGreaterThan(20);
        return suites;
    }

    private static boolean agrees(int port, String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-servername", "a.test"));
        command.addAll(List.of(options));
        String said = output(command.toArray(String[]::new));
        assertThat(said).as(String.join(" ", command)).contains(CONNECTED);
        return !said.contains(NOTHING);
    }

    /** What a program says to a user who says nothing. */
    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
