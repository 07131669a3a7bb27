package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.policy.Settings;
import dev.adit.sources.DirectorySource;
import dev.adit.standalone.RunningGateway.Listeners;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningGatewayTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @TempDir
    Path dir;

    @Test
    void listensOnlyWhereAsked() throws Exception {
        ShopFiles.write(dir);
        try (RunningGateway running = RunningGateway.start(
                Settings.DEFAULT, DirectorySource.of(dir), Transport.NETTY, new Listeners(LOOPBACK, 0, -1, null))) {
            assertThat(running.httpPort()).isPositive();
            assertThat(running.httpsPort()).isNegative();
            assertThat(running.adminPort()).isNegative();
            assertThat(CurlLine.run("curl -si -H 'Host: secure.example' http://127.0.0.1:" + running.httpPort() + "/x"))
                    .first()
                    .isEqualTo("HTTP/1.1 308 Permanent Redirect");
        }
    }

    @Test
    void stopsListening() throws Exception {
        RunningGateway running = RunningGateway.start(
                Settings.DEFAULT,
                DirectorySource.of(dir),
                Transport.NETTY,
                new Listeners(LOOPBACK, 0, 0, new InetSocketAddress(LOOPBACK, 0)));
        int[] ports = {running.httpPort(), running.httpsPort(), running.adminPort()};
        running.close();
        for (int port : ports) {
            Assertions.assertThatIOException().isThrownBy(() -> new java.net.Socket(LOOPBACK, port).close());
        }
    }

    @Test
    void takenPortIsSaidAndNothingIsLeftRunning() throws Exception {
        Files.writeString(dir.resolve("shop.yaml"), ShopFiles.yaml());
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            int port = taken.getLocalPort();
            Assertions.assertThatThrownBy(() -> RunningGateway.start(
                            Settings.DEFAULT,
                            DirectorySource.of(dir),
                            Transport.NETTY,
                            new Listeners(LOOPBACK, port, -1, null)))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(Integer.toString(port));

            Cli run = Cli.run("serve", "--demo", "--http", Integer.toString(port), "--https", "off");
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("cannot serve", Integer.toString(port));
        }
    }
}
