package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.adit.Gateway;
import dev.adit.sources.DirectorySource;
import dev.adit.standalone.RunningGateway.Listeners;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The key of sticky sessions and the own zone, over sockets. */
class PoolOptionsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";

    @TempDir
    Path dir;

    private static PoolOptions options(String... words) {
        PoolOptions options = new PoolOptions();
        new CommandLine(options).parseArgs(words);
        return options;
    }

    private RunningGateway start(PoolOptions options) throws Exception {
        return RunningGateway.start(
                options.apply(Gateway.builder()),
                DirectorySource.of(dir.resolve("manifests")),
                Transport.NETTY,
                new Listeners(LOOPBACK, 0, -1, null));
    }

    private void write(String annotations, List<DemoBackend> backends) throws Exception {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop, annotations: {%s}}
                spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{port: 80}]}
                """.formatted(annotations));
        for (int i = 0; i < backends.size(); i++) {
            yaml.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: web-%d, namespace: shop, labels: {kubernetes.io/service-name: web}}
                    addressType: IPv4
                    ports: [{name: "", port: %d}]
                    endpoints: [{addresses: [127.0.0.1], zone: z%d, conditions: {ready: true}}]
                    """.formatted(i, backends.get(i).port(), i % 2));
        }
        Files.createDirectories(dir.resolve("manifests"));
        Files.writeString(dir.resolve("manifests/web.yaml"), yaml);
    }

    private record Answer(String body, @Nullable String cookie) {}

    private static Answer ask(RunningGateway gateway, @Nullable String cookie) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.httpPort() + "/"));
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        Optional<String> set = answer.headers().firstValue("Set-Cookie");
        return new Answer(
                answer.body().replaceAll(":.*\\n", ""),
                set.map(text -> text.replaceAll(";.*", "")).orElse(null));
    }

    @Test
    void aSessionIsGoodAtEveryReplicaWithTheSameKey() throws Exception {
        Path file = Files.writeString(dir.resolve("key"), KEY + "\n");
        try (DemoBackend one = DemoBackend.start("one");
                DemoBackend two = DemoBackend.start("two")) {
            write(
                    "nginx.ingress.kubernetes.io/affinity: cookie, nginx.ingress.kubernetes.io/affinity-mode: persistent",
                    List.of(one, two));
            List<Answer> firsts = new ArrayList<>();
            try (RunningGateway gateway = start(options("--session-key-file", file.toString()))) {
                firsts.add(ask(gateway, null));
                firsts.add(ask(gateway, null));
            }
            assertThat(firsts).extracting(Answer::body).containsExactlyInAnyOrder("one", "two");
            try (RunningGateway replica = start(options("--session-key-file", file.toString()));
                    RunningGateway stranger = start(options())) {
                for (Answer first : firsts) {
                    String cookie = Objects.requireNonNull(first.cookie);
                    assertThat(ask(replica, cookie)).isEqualTo(new Answer(first.body, null));
                    assertThat(ask(stranger, cookie).cookie)
                            .as("of another key")
                            .isNotNull();
                }
            }
        }
    }

    @Test
    void theOwnZoneIsPreferred() throws Exception {
        try (DemoBackend one = DemoBackend.start("one");
                DemoBackend two = DemoBackend.start("two")) {
            write("", List.of(one, two));
            try (RunningGateway gateway = start(options("--zone", "z1"))) {
                Set<String> met = new HashSet<>();
                for (int i = 0; i < 6; i++) {
                    met.add(ask(gateway, null).body);
                }
                assertThat(met).containsExactly("two");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "000102030405060708090a0b0c0d0e",
        "000102030405060708090a0b0c0d0e0f00",
        "000102030405060708090a0b0c0d0e0g",
        "'000102030405060708090a0b0c0d0e0f      '"
    })
    void whatIsNoKeyIsRefusedAndNotRepeated(String text) throws Exception {
        Path file = Files.writeString(dir.resolve("key"), text);
        PoolOptions options = options("--session-key-file", file.toString());
        assertThatThrownBy(() -> start(options))
                .isInstanceOf(Adit.UnusableException.class)
                .hasMessage("--session-key-file: " + file + " does not hold 32 hexadecimal digits and nothing else");
    }

    @Test
    void aKeyThatIsNotThereStopsTheStart() {
        Path nowhere = dir.resolve("nowhere");
        assertThatThrownBy(() -> start(options("--session-key-file", nowhere.toString())))
                .isInstanceOf(Adit.UnusableException.class)
                .hasMessage("--session-key-file: cannot read " + nowhere);
    }
}
