package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo as a stranger meets it. */
class DemoTest {
    private static DemoProcess demo;

    @BeforeAll
    static void start() throws IOException {
        demo = DemoProcess.start("--admin", "0");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        Path folder = demo.folder();
        try (DemoProcess ending = demo) {
            assertThat(ending.stop()).as("exit code").isZero();
            assertThat(ending.printed()).last().isEqualTo("Adit has stopped.");
            assertThat(folder).doesNotExist();
        }
    }

    @Test
    void everyPrintedLineAnswersAsPrinted() throws Exception {
        Map<String, String> lines = demo.lines();
        assertThat(lines).hasSize(10);
        for (Map.Entry<String, String> line : lines.entrySet()) {
            assertThat(CurlLine.run(line.getKey())).as(line.getKey()).first().isEqualTo(line.getValue());
        }
    }

    @Test
    void threeEndpointsTakeTurns() throws Exception {
        String line = demo.lines().keySet().stream()
                .filter(l -> l.contains("/catalog"))
                .findFirst()
                .orElseThrow();
        assertThat(CurlLine.run(line))
                .hasSize(3)
                .allMatch(a -> a.startsWith("catalog "))
                .doesNotHaveDuplicates();
    }

    @Test
    void hasNothingToReport() {
        assertThat(demo.printed()).noneMatch(l -> l.contains(" ERROR ") || l.contains(" WARN "));
    }

    @Test
    void onlyItsUserCanReadItsFolder() throws IOException {
        assertThat(Files.getPosixFilePermissions(demo.folder().getParent()).toString())
                .doesNotContain("GROUP", "OTHERS");
    }

    @Test
    void itsManifestsCanBeEdited() throws Exception {
        String front = demo.lines().keySet().iterator().next();
        String other = front.replace("Host: shop.example", "Host: new.example");
        assertThat(CurlLine.run(other)).first().asString().startsWith("nobody's page");

        Path file = demo.folder().resolve("more.yaml");
        Files.writeString(file, """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: more, namespace: shop}
                spec:
                  rules:
                  - host: new.example
                    http:
                      paths:
                      - path: /
                        pathType: Prefix
                        backend: {service: {name: office, port: {number: 80}}}
                """);
        await().until(() -> CurlLine.run(other).get(0).startsWith("back office"));

        Files.writeString(file, "kind: [");
        assertThat(CurlLine.run(other))
                .first()
                .asString()
                .as("the last good state")
                .startsWith("back office");
        Files.delete(file);
        await().until(() -> CurlLine.run(other).get(0).startsWith("nobody's page"));
    }

    @Test
    void operatorsSeeHealthAndRoutesAndNoSecret() throws Exception {
        String admin = "curl -si "
                + demo.printed().stream()
                        .filter(l -> l.startsWith("Adit serves"))
                        .findFirst()
                        .orElseThrow()
                        .replaceFirst(".*admin ", "");
        assertThat(CurlLine.run(admin + "/healthz")).first().isEqualTo("HTTP/1.1 200 OK");
        assertThat(CurlLine.run(admin + "/readyz")).first().isEqualTo("HTTP/1.1 200 OK");
        assertThat(CurlLine.run(admin + "/other")).first().isEqualTo("HTTP/1.1 404 Not Found");

        List<String> routes = CurlLine.run((admin + "/routes").replace("-si", "-s"));
        assertThat(routes).hasSize(1);
        assertThat(Json.MAPPER.readTree(routes.get(0)).get("routes").size()).isGreaterThanOrEqualTo(6);
        String key = Files.readString(demo.folder().resolve("certificate.yaml")).replaceFirst("(?s).*tls.key: ", "");
        assertThat(key).hasSizeGreaterThan(100);
        assertThat(routes.get(0))
                .contains("shop/catalog:80", "X-Canary", "shop/shop-tls")
                .doesNotContain("PRIVATE", key.substring(40, 80));
    }
}
