package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.adit.policy.Settings;
import dev.adit.sources.DirectorySource;
import dev.adit.standalone.RunningGateway.Listeners;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real nginx behind the gateway: connections that are kept, large bodies, chunks and errors. */
@Tag("peers")
class NginxPeersTest {
    private static final int LARGE = 3_000_000;

    @TempDir
    Path dir;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process nginx;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws IOException {
        int port = freePort();
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        Files.write(Files.createDirectory(dir.resolve("html")).resolve("large"), large);
        Files.writeString(dir.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr warn;
                events {}
                http {
                  access_log off;
                  client_body_temp_path body;
                  gzip on;
                  gzip_min_length 0;
                  server {
                    listen 127.0.0.1:%d;
                    root html;
                    location /connection { return 200 "$connection $connection_requests"; }
                    location /gone { return 410; }
                    location /close { return 444; }
                    location /length { client_max_body_size 10m; return 200 "$http_content_length"; }
                  }
                }
                """.formatted(port));
        nginx = new ProcessBuilder(
                        nginxBinary(),
                        "-p",
                        dir + "/",
                        "-c",
                        dir.resolve("nginx.conf").toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        await().until(() -> accepts(port));

        Path manifest = dir.resolve("nginx.yaml");
        Files.writeString(
                manifest,
                Files.readString(Path.of("src/test/resources/peers/nginx.yaml")).replace("${port}", "" + port));
        gateway = RunningGateway.start(
                Settings.DEFAULT,
                DirectorySource.of(manifest),
                Transport.NETTY,
                new Listeners(InetAddress.getLoopbackAddress(), 0, -1, null));
    }

    @AfterEach
    void stop() {
        gateway.close();
        nginx.destroy();
    }

    @Test
    void connectionsAreKept() throws Exception {
        Set<String> connections = new HashSet<>();
        int most = 0;
        for (int i = 0; i < 20; i++) {
            String[] answer = get("/connection").body().split(" ");
            connections.add(answer[0]);
            most = Math.max(most, Integer.parseInt(answer[1]));
        }
        assertThat(connections).as("one after the other needs one connection").hasSizeLessThanOrEqualTo(2);
        assertThat(most).isGreaterThanOrEqualTo(10);
    }

    @Test
    void largeBodiesArriveWhole() throws Exception {
        HttpResponse<byte[]> answer = client.send(request("/large").build(), BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Arrays.equals(answer.body(), Files.readAllBytes(dir.resolve("html/large"))))
                .isTrue();

        HttpRequest upload = request("/length")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[LARGE]))
                .build();
        assertThat(client.send(upload, BodyHandlers.ofString()).body()).isEqualTo("" + LARGE);
    }

    @Test
    void chunkedAnswersArriveWhole() throws Exception {
        HttpRequest request =
                request("/connection").header("Accept-Encoding", "gzip").build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().length).isPositive();
    }

    @Test
    void itsErrorsAreRelayedAndItsSilenceIsOurs() throws Exception {
        assertThat(get("/gone").statusCode()).isEqualTo(410);
        assertThat(get("/gone").headers().firstValue("server").orElse("")).startsWith("nginx");
        assertThat(get("/close").statusCode()).as("closed without an answer").isEqualTo(502);
        assertThat(get("/connection").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.httpPort() + path));
    }

    private static String nginxBinary() {
        return Stream.of("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx")
                .filter(p -> Files.isExecutable(Path.of(p)))
                .findFirst()
                .orElse("nginx");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
