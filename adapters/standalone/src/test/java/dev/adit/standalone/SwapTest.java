package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.ConfigSource;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.policy.Settings;
import dev.adit.standalone.RunningGateway.Listeners;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change of the configuration loses nothing: no request fails and no connection is closed. */
class SwapTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int SWAPS = 1_000;
    private static final int CLIENTS = 4;

    /** Held, as the logging framework would forget its level otherwise. */
    private final Logger log = Logger.getLogger(UpdateLog.class.getName());

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ByHand source = new ByHand();
    private DemoBackend backend;
    private ServerSocket echo;
    private RunningGateway running;

    /** Hands over what a test says. */
    private static final class ByHand implements ConfigSource {
        private final AtomicReference<Consumer<Manifests>> consumer = new AtomicReference<>();

        @Override
        public void start(Consumer<Manifests> consumer) {
            this.consumer.set(consumer);
            consumer.accept(Manifests.EMPTY);
        }

        void handOver(Manifests manifests) {
            consumer.get().accept(manifests);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() throws IOException {
        log.setLevel(Level.WARNING);
        backend = DemoBackend.start("backend");
        echo = new ServerSocket(0, 8, LOOPBACK);
        running = RunningGateway.start(Settings.DEFAULT, source, Transport.NETTY, new Listeners(LOOPBACK, 0, -1, null));
    }

    @AfterEach
    void stop() throws IOException {
        running.close();
        backend.close();
        echo.close();
        threads.shutdownNow();
        log.setLevel(null);
    }

    @Test
    void thousandSwapsUnderLoadLoseNothing() throws Exception {
        List<Manifests> tables = List.of(manifests("/a"), manifests("/b"), manifests("/c"));
        source.handOver(tables.get(0));
        Future<?> upstream = threads.submit(this::upgradeAndEcho);
        AtomicBoolean done = new AtomicBoolean();
        try (Socket tunnel = new Socket(LOOPBACK, running.httpPort())) {
            upgrade(tunnel);
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> askUntil(done)));
            }
            for (int i = 1; i <= SWAPS; i++) {
                source.handOver(tables.get(i % tables.size()));
                if (i % 50 == 0) {
                    tunnel.getOutputStream().write(i % 251);
                    assertThat(tunnel.getInputStream().read())
                            .as("after %d swaps", i)
                            .isEqualTo(i % 251);
                }
            }
            done.set(true);
            for (Future<Integer> client : clients) {
                assertThat(client.get())
                        .as("requests of one client, all answered")
                        .isPositive();
            }
        }
        upstream.get();
    }

    /** Asks again and again on kept connections; fails on the first answer that is not as it should be. */
    private int askUntil(AtomicBoolean done) throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running.httpPort() + "/stable"))
                .build();
        int asked = 0;
        do {
            var answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).startsWith("backend: GET /stable");
            asked++;
        } while (!done.get());
        return asked;
    }

    private void upgrade(Socket tunnel) throws IOException {
        tunnel.setSoTimeout(10_000);
        tunnel.getOutputStream()
                .write("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(readHead(tunnel.getInputStream())).startsWith("HTTP/1.1 101 ");
    }

    private Void upgradeAndEcho() throws IOException {
        try (Socket socket = echo.accept()) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            readHead(in);
            out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            in.transferTo(out);
        }
        return null;
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("ended after: " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    /** The same for every table but for one rule, which makes each another table. */
    private Manifests manifests(String extra) throws IOException {
        String yaml = Files.readString(Path.of("src/test/resources/swap.yaml"))
                .replace("${extra}", extra)
                .replace("${backend}", Integer.toString(backend.port()))
                .replace("${echo}", Integer.toString(echo.getLocalPort()));
        return ManifestReader.strict().read("swap.yaml", yaml);
    }
}
