package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.exchange.Await;
import dev.adit.exchange.Consult;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.StepHandler;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every case in {@code cases/routing}, run in process: manifests in, decision out. */
class RoutingCasesTest {
    private static final Path FOLDER = Path.of("src/test/resources/cases/routing");

    record Case(String file, JsonNode node, Gateway gateway) {
        @Override
        public String toString() {
            return file + ": " + node.get("name").asString();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void routes(Case c) {
        JsonNode expect = c.node.get("expect");
        int repeat = c.node.path("repeat").asInt(1);
        Set<String> endpoints = new HashSet<>();
        for (int i = 0; i < repeat; i++) {
            Exchange exchange = c.gateway.open(
                    c.gateway.connection(
                            "192.0.2.7",
                            c.node.get("scheme").asString().equals("https"),
                            80,
                            c.node.has("sni") ? c.node.get("sni").asString() : null),
                    request(c.node));
            Decision decision = new Decision();
            exchange.start().perform(decision);
            check(expect, decision);
            endpoints.add(decision.endpoint);
            assertThat(exchange.close(Outcome.COMPLETED)).isTrue();
        }
        if (expect.has("distinctEndpoints")) {
            assertThat(endpoints).hasSize(expect.get("distinctEndpoints").asInt());
        }
        if (c.node.has("statusPublished")) {
            boolean published = c.gateway
                    .compilation()
                    .served()
                    .contains(c.node.get("ingress").asString());
            assertThat(published).isEqualTo(c.node.get("statusPublished").asBoolean());
        }
    }

    private static void check(JsonNode expect, Decision decision) {
        if (expect.has("service")) {
            assertThat(decision.service)
                    .as(decision.toString())
                    .isEqualTo(expect.get("service").asString());
        } else if (expect.has("redirect")) {
            JsonNode redirect = expect.get("redirect");
            List<String> locations = new ArrayList<>();
            locations.add(redirect.get("location").asString());
            redirect.path("locationAlt").forEach(alt -> locations.add(alt.asString()));
            assertThat(decision.status).isEqualTo(redirect.get("status").asInt());
            assertThat(decision.location).isIn(locations);
        } else {
            int status = expect.has("default") ? 404 : expect.get("status").asInt();
            assertThat(decision.service).isEmpty();
            assertThat(decision.status).as(decision.toString()).isEqualTo(status);
        }
        if (expect.has("upstreamPath")) {
            assertThat(decision.upstreamPath)
                    .isEqualTo(expect.get("upstreamPath").asString());
        }
    }

    @Test
    void nothingIsLeftOut() throws IOException {
        long inFiles = 0;
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                inFiles += JsonMapper.shared().readTree(file).get("cases").size();
            }
        }
        assertThat(cases().count()).isEqualTo(inFiles).isGreaterThanOrEqualTo(347);
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER).sorted()) {
            for (Path file : files.toList()) {
                JsonNode root = JsonMapper.shared().readTree(file);
                Gateway gateway = gateway(root);
                root.get("cases").forEach(node -> cases.add(new Case(file.getFileName() + "", node, gateway)));
            }
        }
        return cases.stream();
    }

    private static Gateway gateway(JsonNode root) {
        Manifests manifests =
                ManifestReader.strict().read("manifests", root.get("manifests").asString());
        List<Resource> resources = new ArrayList<>(manifests.resources());
        resources.addAll(TestSecrets.forTlsSections(resources));
        JsonNode s = root.path("settings");
        Settings settings = Settings.DEFAULT
                .withControllers(Set.of(s.path("controller").asString("ingress.example.com/embedded")))
                .withClassAnnotation(s.path("classAnnotation").asString("embedded"))
                .withWithoutClass(s.path("withoutClass").asString("accept").equals("accept"))
                .with(Map.of(
                        "ssl-redirect",
                        s.path("sslRedirect").asString("false"),
                        "disable-svc-external-name",
                        s.path("externalName").asBoolean(true) ? "false" : "true"));
        return Gateway.builder()
                .settings(settings)
                .resources(ResourceSet.of(resources))
                .build();
    }

    private static TestRequest request(JsonNode c) {
        TestRequest.Fields fields = new TestRequest.Fields();
        if (!c.get("host").isNull()) {
            fields.with("Host", c.get("host").asString());
        }
        String authority = null;
        for (Map.Entry<String, JsonNode> header : c.path("headers").properties()) {
            if (header.getKey().equals(":authority")) {
                authority = header.getValue().asString();
            } else {
                fields.with(header.getKey(), header.getValue().asString());
            }
        }
        HttpVersion version = authority == null ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2;
        return new TestRequest(c.get("method").asString(), c.get("path").asString(), version, authority, fields);
    }

    /** What the first step amounts to. */
    private static final class Decision implements StepHandler {
        private String service = "";
        private String endpoint = "";
        private String upstreamPath = "";
        private int status;
        private @Nullable String location;
        private String reason = "";

        @Override
        public void forward(Forward forward) {
            TestRequest.Fields head = new TestRequest.Fields();
            forward.writeHead(head);
            service = forward.backend().id();
            endpoint = forward.endpoint().authority();
            int query = head.target.indexOf('?');
            upstreamPath = query < 0 ? head.target : head.target.substring(0, query);
        }

        @Override
        public void consult(Consult consult) {
            throw new AssertionError("no annotation asks for this yet");
        }

        @Override
        public void await(Await await) {
            throw new AssertionError("nobody is there to wait for");
        }

        @Override
        public void relay(Relay relay) {
            throw new AssertionError("nothing to relay yet");
        }

        @Override
        public void reply(Reply reply) {
            status = reply.status();
            reason = reply.reason();
            reply.headers().stream()
                    .filter(h -> h.getKey().equalsIgnoreCase("Location"))
                    .forEach(h -> location = h.getValue());
        }

        @Override
        public String toString() {
            return service + " " + endpoint + " " + upstreamPath + " " + status + " " + location + " " + reason;
        }
    }
}
