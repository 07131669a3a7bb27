package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.manifest.Ingress;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Positions;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.tls.Identity;
import dev.adit.tls.PemException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which certificate answers a server name, from Ingresses and Secrets. */
class TlsSelectionCasesTest {
    record Case(JsonNode node, Gateway gateway) {
        @Override
        public String toString() {
            return node.get("name").asString();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void selects(Case c) {
        Identity identity = c.gateway
                .table()
                .certificates()
                .find(c.node.get("sni").isNull() ? null : c.node.get("sni").asString());
        assertThat(identity).isNotNull();
        assertThat(identity.label()).isEqualTo(c.node.get("expectSecret").asString());
    }

    static Stream<Case> cases() throws IOException, PemException {
        JsonNode root = JsonMapper.shared().readTree(Path.of("src/test/resources/cases/extra/p-tls-selection.json"));
        List<Resource> resources = new ArrayList<>();
        for (JsonNode s : root.get("secrets")) {
            List<String> names = new ArrayList<>();
            s.get("dnsNames").forEach(n -> names.add(n.asString()));
            String[] path = s.get("name").asString().split("/");
            resources.add(TestSecrets.tls(path[0], path[1], names));
        }
        for (JsonNode i : root.get("ingresses")) {
            resources.add(ingress(i));
        }
        var pem = TestSecrets.tls("none", "default", List.of("default.invalid"));
        Gateway gateway = Gateway.builder()
                .defaultIdentity(Identity.fromPem("default", pem.get("tls.crt"), pem.get("tls.key")))
                .resources(ResourceSet.of(resources))
                .build();
        List<Case> cases = new ArrayList<>();
        root.get("cases").forEach(node -> cases.add(new Case(node, gateway)));
        assertThat(cases).hasSizeGreaterThanOrEqualTo(12);
        return cases.stream();
    }

    private static Ingress ingress(JsonNode node) {
        List<Ingress.Tls> tls = new ArrayList<>();
        List<Ingress.Rule> rules = new ArrayList<>();
        for (JsonNode t : node.get("tls")) {
            List<String> hosts = new ArrayList<>();
            t.path("hosts").forEach(h -> hosts.add(h.asString()));
            tls.add(new Ingress.Tls(
                    "spec.tls[" + tls.size() + "]", hosts, t.path("secret").asString("")));
            hosts.forEach(h -> rules.add(new Ingress.Rule("spec.rules[" + rules.size() + "]", h, null)));
        }
        Metadata metadata = new Metadata(
                node.get("ns").asString(),
                node.get("name").asString(),
                Instant.parse(node.get("created").asString()),
                Map.of(),
                Map.of(),
                Positions.NONE);
        return new Ingress(metadata, null, null, tls, rules);
    }
}
