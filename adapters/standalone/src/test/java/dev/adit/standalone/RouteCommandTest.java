package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RouteCommandTest {
    @TempDir
    static Path dir;

    @BeforeAll
    static void writeManifests() throws IOException {
        ShopFiles.write(dir);
    }

    @Test
    void forwardSaysWhereAndHow() {
        JsonNode d = decide("{\"id\":7,\"host\":\"shop.example\",\"path\":\"/a?b=c\",\"clientIp\":\"192.0.2.1\"}");
        assertThat(d.propertyNames())
                .containsExactly(
                        "id",
                        "outcome",
                        "service",
                        "endpoint",
                        "upstreamPath",
                        "upstreamQuery",
                        "upstreamHost",
                        "requestHeaders",
                        "ingress",
                        "rule");
        assertThat(d.get("id").intValue()).isEqualTo(7);
        assertThat(text(d, "outcome")).isEqualTo("forward");
        assertThat(text(d, "service")).isEqualTo("shop/front:80");
        assertThat(text(d, "endpoint")).isIn("10.0.0.1:8000", "10.0.0.2:8000");
        assertThat(text(d, "upstreamPath")).isEqualTo("/a");
        assertThat(text(d, "upstreamQuery")).isEqualTo("b=c");
        assertThat(text(d, "upstreamHost")).isEqualTo("shop.example");
        assertThat(text(d, "ingress")).isEqualTo("shop/shop");
        assertThat(d.get("rule").toString())
                .isEqualTo("{\"host\":\"shop.example\",\"path\":\"/\",\"pathType\":\"Prefix\"}");
        assertThat(d.get("requestHeaders").toString()).contains("192.0.2.1");
    }

    @Test
    void portOfTheServiceIsANumber() {
        assertThat(text(decide("{\"host\":\"shop.example\",\"path\":\"/cart\"}"), "service"))
                .isEqualTo("shop/cart:8080");
    }

    @Test
    void canaryIsTheServiceThatWasChosen() {
        JsonNode d = decide("{\"host\":\"shop.example\",\"headers\":{\"X-Canary\":\"always\"}}");
        assertThat(text(d, "service")).isEqualTo("shop/cart:8080");
        assertThat(text(d, "ingress")).isEqualTo("shop/shop");
    }

    @Test
    void endpointsTakeTurns() {
        Set<String> endpoints = new HashSet<>();
        run("{\"host\":\"shop.example\"}\n".repeat(2)).forEach(d -> endpoints.add(text(d, "endpoint")));
        assertThat(endpoints).containsExactlyInAnyOrder("10.0.0.1:8000", "10.0.0.2:8000");
    }

    @Test
    void replySaysWhy() {
        JsonNode d = decide("{\"id\":\"x\",\"host\":\"elsewhere.example\"}");
        assertThat(text(d, "id")).isEqualTo("x");
        assertThat(text(d, "outcome")).isEqualTo("reply");
        assertThat(d.get("status").intValue()).isEqualTo(404);
        assertThat(text(d, "reason")).isNotEmpty();
        assertThat(d.get("headers").isObject()).isTrue();
    }

    @Test
    void redirectHasALocation() {
        JsonNode d = decide("{\"host\":\"secure.example\",\"path\":\"/a?b\"}");
        assertThat(d.get("status").intValue()).isEqualTo(308);
        assertThat(d.get("headers").toString()).contains("https://secure.example/a?b");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`{\"scheme\":\"https\",\"host\":\"secure.example\"}`, shop/secure-tls",
                "`{\"scheme\":\"https\",\"host\":\"secure.example:8443\"}`, shop/secure-tls",
                "`{\"scheme\":\"https\",\"host\":\"shop.example\"}`, default",
                "`{\"scheme\":\"https\",\"host\":\"shop.example\",\"sni\":\"secure.example\"}`, shop/secure-tls",
                "`{\"scheme\":\"https\",\"host\":\"secure.example\",\"sni\":null}`, default"
            })
    void httpsNamesItsCertificate(String line, String certificate) {
        assertThat(text(decide(line), "certificate")).isEqualTo(certificate);
    }

    @Test
    void missingHostIsNotAnEmptyHost() {
        assertThat(decide("{\"host\":null}").get("status").intValue()).isEqualTo(400);
    }

    @Test
    void authorityMakesItHttp2() {
        assertThat(text(decide("{\"host\":null,\"headers\":{\":authority\":\"shop.example\"}}"), "service"))
                .isEqualTo("shop/front:80");
        assertThat(decide("{\"host\":\"secure.example\",\"headers\":{\":authority\":\"shop.example\"}}")
                        .get("status")
                        .intValue())
                .isEqualTo(400);
    }

    @Test
    void headersMayHaveSeveralValues() {
        JsonNode d = decide("{\"host\":\"shop.example\",\"headers\":{\"X-A\":[\"1\",\"2\",\"3\"]}}");
        assertThat(d.get("requestHeaders").get("X-A").toString()).isEqualTo("[\"1\",\"2\",\"3\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not json | null",
                "[] | null",
                "7 | null",
                "{\"id\":1,\"host\":7} | 1",
                "{\"id\":2,\"scheme\":\"ftp\"} | 2",
                "{\"id\":3,\"headers\":[]} | 3",
                "{\"id\":4,\"headers\":{\"a\":1}} | 4",
                "{\"id\":5,\"method\":null} | 5",
                "{\"id\":6,\"clientIp\":\"nobody\"} | 6",
                "{\"id\":7} {} | null"
            })
    void badLineIsReportedAndTheNextAnswered(String line, String id) {
        Cli run = Cli.runWithInput(line + "\n\n{\"host\":\"shop.example\"}", "route", "-f", dir.toString());
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lines()).hasSize(2);
        JsonNode first = Json.MAPPER.readTree(run.lines().get(0));
        assertThat(text(first, "outcome")).isEqualTo("error");
        assertThat(text(first, "message")).isNotBlank();
        assertThat(String.valueOf(first.get("id"))).isEqualTo(id);
        assertThat(run.lines().get(1)).contains("\"forward\"");
    }

    @Test
    void optionsChangeTheDecision() {
        Cli run = Cli.runWithInput(
                "{\"host\":\"secure.example\"}", "route", "-f", dir.toString(), "--option", "ssl-redirect=false");
        assertThat(run.out()).contains("\"forward\"");
        assertThat(run.exit()).isZero();
    }

    @Test
    void tlsThatIsPassedThroughGoesToAnEndpoint(@TempDir Path local) throws IOException {
        Files.writeString(
                local.resolve("shop.yaml"),
                ShopFiles.yaml()
                        .replaceFirst(
                                "namespace: shop\nspec",
                                "namespace: shop\n  annotations: {nginx.ingress.kubernetes.io/ssl-passthrough: 'true'}\nspec"));
        Cli run = Cli.runWithInput(
                "{\"id\":1,\"host\":\"shop.example\",\"scheme\":\"https\"}\n{\"host\":\"shop.example\"}",
                "route",
                "-f",
                local.toString(),
                "--option",
                "enable-ssl-passthrough=true");
        assertThat(run.lines()).hasSize(2);
        assertThat(run.lines().get(0)).contains("\"id\":1", "\"passthrough\"", "shop/", "10.0.0.", "\"shop/shop\"");
        assertThat(run.lines().get(1)).contains("\"reply\"", "308", "https://shop.example/");
    }

    @Test
    void loopbackEndpointsAreUsed(@TempDir Path local) throws IOException {
        Files.writeString(local.resolve("shop.yaml"), ShopFiles.yaml().replaceAll("10\\.0\\.0\\.\\d", "127.0.0.1"));
        Cli run = Cli.runWithInput("{\"host\":\"shop.example\"}", "route", "-f", local.toString());
        assertThat(run.out()).contains("127.0.0.1:8000");
        assertThat(run.err()).contains("adit check");
    }

    @Test
    void answersManyLines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            lines.add("{\"id\":" + i + ",\"host\":\"shop.example\",\"path\":\"/p" + i + "\"}");
        }
        List<JsonNode> decisions = run(String.join("\n", lines));
        assertThat(decisions).hasSize(5_000);
        assertThat(decisions.get(4_999).get("id").intValue()).isEqualTo(4_999);
        assertThat(text(decisions.get(4_999), "upstreamPath")).isEqualTo("/p4999");
    }

    private static JsonNode decide(String line) {
        return run(line).get(0);
    }

    private static List<JsonNode> run(String input) {
        Cli run = Cli.runWithInput(input, "route", "-f", dir.toString());
        assertThat(run.exit()).as(run.err() + run.out()).isZero();
        return run.lines().stream().map(Json.MAPPER::readTree).toList();
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).stringValue();
    }
}
