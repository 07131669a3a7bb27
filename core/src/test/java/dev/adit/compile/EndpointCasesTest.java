package dev.adit.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.Endpoint;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

        List<Endpoint> endpoints = Backends.lookUp(c.resources, backend[0], ref);

        if (c.node.get("expectEndpoints").isNull()) {
            assertThat(endpoints).isNull();
        } else {
            List<String> expected = new ArrayList<>();
            c.node.get("expectEndpoints").forEach(e -> expected.add(e.asString()));
            assertThat(endpoints).extracting(Endpoint::authority).containsExactlyInAnyOrderElementsOf(expected);
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
}
