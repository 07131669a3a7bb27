package dev.adit.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.Member;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.ResourceSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which endpoints serve a Service port. */
class EndpointCasesTest {
    record Case(JsonNode node, ResourceSet resources) {
        @Override
        public String toString() {
            return node.get("name").asString();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void selects(Case c) {
        String[] backend = c.node.get("backend").asString().split("[/:]");
        boolean byNumber = backend[2].matches("[0-9]+");
        Ingress.ServiceBackend ref = new Ingress.ServiceBackend(
                "", backend[1], byNumber ? "" : backend[2], byNumber ? Integer.parseInt(backend[2]) : 0);

        List<Member> endpoints = Backends.lookUp(c.resources, backend[0], ref, false);

        if (c.node.get("expectEndpoints").isNull()) {
            assertThat(endpoints).isNull();
        } else {
            List<String> expected = new ArrayList<>();
            c.node.get("expectEndpoints").forEach(e -> expected.add(e.asString()));
            assertThat(endpoints)
                    .extracting(member -> member.endpoint().authority())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    static Stream<Case> cases() throws IOException {
        JsonNode root = JsonMapper.shared().readTree(Path.of("src/test/resources/cases/extra/p-endpoints.json"));
        ResourceSet resources = ManifestReader.strict()
                .read("manifests", root.get("manifests").asString())
                .resourceSet();
        List<Case> cases = new ArrayList<>();
        root.get("cases").forEach(node -> cases.add(new Case(node, resources)));
        assertThat(cases).hasSizeGreaterThanOrEqualTo(10);
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("slices")
    void joinsSlices(Case c) {
        Ingress.ServiceBackend ref = new Ingress.ServiceBackend("", "web", "", 80);
        JsonNode expected = c.node.get("expect");
        JsonNode sessions = c.node.get("expectSessions");
        assertThat(described(Backends.lookUp(c.resources, "shop", ref, false))).isEqualTo(texts(expected));
        assertThat(described(Backends.lookUp(c.resources, "shop", ref, true)))
                .isEqualTo(texts(sessions == null ? expected : sessions));
    }

    private static List<String> described(@Nullable List<Member> members) {
        return Objects.requireNonNull(members).stream()
                .map(m -> m.endpoint().authority()
                        + (m.endpoint().uid().isEmpty()
                                ? ""
                                : " uid=" + m.endpoint().uid())
                        + (m.zone().isEmpty() ? "" : " zone=" + m.zone())
                        + (m.draining() ? " draining" : ""))
                .toList();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    static Stream<Case> slices() throws IOException {
        JsonNode root = JsonMapper.shared().readTree(Path.of("src/test/resources/cases/extra/p-endpoint-slices.json"));
        List<Case> cases = new ArrayList<>();
        root.get("cases").forEach(node -> cases.add(new Case(node, resources(node))));
        assertThat(cases).hasSizeGreaterThanOrEqualTo(20);
        return cases.stream();
    }

    private static ResourceSet resources(JsonNode node) {
        JsonNode port = node.get("port");
        StringBuilder text =
                new StringBuilder("""
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [%s]}
                """.formatted(port == null ? "{name: http, port: 80, targetPort: 8080}" : port));
        int number = 0;
        for (JsonNode slice : node.get("slices")) {
            text.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: s%d, namespace: shop, labels: {kubernetes.io/service-name: web}}
                    addressType: %s
                    ports: %s
                    endpoints: %s
                    """.formatted(
                            number++, slice.get("addressType").asString(), slice.get("ports"), slice.get("endpoints")));
        }
        Manifests read = ManifestReader.strict().read("slices.yaml", text.toString());
        assertThat(read.diagnostics()).isEmpty();
        return read.resourceSet();
    }
}
