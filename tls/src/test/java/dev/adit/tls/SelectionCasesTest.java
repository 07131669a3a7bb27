package dev.adit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The cases of {@code tls-selection.json}, with the rules of the compiler that makes tables from Ingresses written out plainly. */
class SelectionCasesTest {
    private static final String DEFAULT = "default";

    @TestFactory
    Stream<DynamicTest> everyCase() throws Exception {
        JsonNode file;
        try (InputStream in = SelectionCasesTest.class.getResourceAsStream("/tls-selection.json")) {
            file = new ObjectMapper().readTree(in);
        }
        CertificateTable table = table(file);
        return file.get("cases")
                .valueStream()
                .map(c -> DynamicTest.dynamicTest(
                        c.get("name").asString() + ": " + c.get("why").asString(), () -> {
                            String serverName =
                                    c.get("sni").isNull() ? null : c.get("sni").asString();
                            Identity found = table.find(serverName);
                            assertThat(found).isNotNull();
                            assertThat(found.label())
                                    .isEqualTo(c.get("expectSecret").asString());
                        }));
    }

    private static CertificateTable table(JsonNode file) {
        Map<String, Identity> secrets = new HashMap<>();
        file.get("secrets")
                .valueStream()
                .filter(s -> s.path("valid").asBoolean(true))
                .forEach(s -> {
                    String name = s.get("name").asString();
                    secrets.put(
                            name,
                            Identities.ecdsa(name, strings(s.get("dnsNames")).toArray(String[]::new)));
                });
        CertificateTable.Builder builder = CertificateTable.builder().defaultIdentity(Identities.ecdsa(DEFAULT));
        file.get("ingresses")
                .valueStream()
                .sorted(Comparator.comparing((JsonNode i) -> i.get("created").asString())
                        .thenComparing(i ->
                                i.get("ns").asString() + "/" + i.get("name").asString()))
                .forEach(ingress -> ingress.get("tls").forEach(entry -> {
                    String secret = ingress.get("ns").asString() + "/"
                            + entry.path("secret").asString("");
                    add(builder, strings(entry.path("hosts")), secrets.get(secret));
                }));
        return builder.build();
    }

    private static void add(CertificateTable.Builder builder, List<String> hosts, Identity identity) {
        if (hosts.isEmpty() && identity != null) {
            builder.names(identity);
        }
        for (String host : hosts) {
            if (identity != null && identity.covers(host)) {
                builder.host(host, identity);
            } else {
                builder.hostWithDefault(host);
            }
        }
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
