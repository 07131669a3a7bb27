package dev.adit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.Reply;
import dev.adit.exchange.Step;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.policy.ClientAuth;
import dev.adit.policy.Settings;
import dev.adit.tls.CertificateIssuer;
import dev.adit.tls.ClientAuthority;
import dev.adit.tls.ClientChain;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From {@code auth-tls-*} to what clients of hosts must show. */
class ClientAuthCompilationTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant FROM = NOW.minus(Duration.ofDays(100));
    private static final Instant UNTIL = NOW.plus(Duration.ofDays(100));
    private static final CertificateIssuer ROOT = CertificateIssuer.root("CN=root", FROM, UNTIL);
    private static final CertificateIssuer OTHER = CertificateIssuer.root("CN=other", FROM, UNTIL);
    private static final ClientChain ALICE =
            ClientChain.of(ROOT.client("CN=alice", FROM, UNTIL).chain());
    private static final ClientChain MALLORY =
            ClientChain.of(OTHER.client("CN=mallory", FROM, UNTIL).chain());
    private static final Secret CA = authorities(ROOT.certificatePem(), null);
    private static final String SERVICE = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: app, namespace: shop}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: app, namespace: shop, labels: {kubernetes.io/service-name: app}}
            addressType: IPv4
            ports: [{port: 80}]
            endpoints: [{addresses: [10.0.0.1]}]
            """;

    record Case(JsonNode node, Gateway gateway) {
        @Override
        public String toString() {
            return node.get("name").asString();
        }
    }

    static Stream<Case> cases() {
        JsonNode root = JsonMapper.shared()
                .readTree(Path.of("src/test/resources/cases/annotations/128-auth-tls.json")
                        .toFile());
        List<Resource> resources = new ArrayList<>(ManifestReader.strict()
                .read("manifests", root.get("manifests").asString())
                .resources());
        resources.addAll(TestSecrets.forTlsSections(resources));
        resources.add(secret("default", "ca-secret", ROOT.certificatePem(), null));
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.withControllers(Set.of("k8s.io/ingress-nginx")))
                .clock(() -> NOW)
                .resources(ResourceSet.of(resources))
                .build();
        assertThat(gateway.compilation().diagnostics()).noneMatch(d -> d.field().contains("auth-tls"));
        return Stream.iterate(0, i -> i < root.get("cases").size(), i -> i + 1)
                .map(i -> new Case(root.get("cases").get(i), gateway));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void clientsAreServedAsTheCasesSay(Case c) {
        JsonNode request = c.node.get("request");
        String host = request.get("host").asString();
        ClientChain shown = switch (request.path("clientCert").asString("")) {
            case "alice" -> ALICE;
            case "mallory" -> MALLORY;
            default -> ClientChain.NONE;
        };
        JsonNode expect = c.node.get("expect");
        boolean asked = c.gateway.table().certificates().clientAuthority(host) != null;
        Step step = step(c.gateway, host, request.get("path").asString(), asked ? shown : ClientChain.NONE);
        if (expect.get("status").asInt() != 200) {
            assertThat(((Reply) step).status()).isEqualTo(expect.get("status").asInt());
            return;
        }
        TestRequest.Fields sent = new TestRequest.Fields();
        ((Forward) step).writeHead(sent);
        for (Map.Entry<String, JsonNode> field : expect.path("upstreamHeaders").properties()) {
            if (field.getValue().has("prefix")) {
                assertThat(sent.get(field.getKey()))
                        .startsWith(field.getValue().get("prefix").asString());
            } else {
                assertThat(sent.get(field.getKey())).isEqualTo(field.getValue().asString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auth-tls-secret: elsewhere/ca                                            | secret-namespace    | HOST_DENIED
            auth-tls-secret: ca                                                      | annotation-invalid  | HOST_DENIED
            auth-tls-secret: shop/ca/x                                               | annotation-invalid  | HOST_DENIED
            auth-tls-secret: shop/missing                                            | secret-missing      | HOST_DENIED
            auth-tls-secret: "shop/ca\\n"\\, auth-tls-verify-client: "of\\nf"        | annotation-invalid  | HOST_DENIED
            auth-tls-verify-client: "on"                                             | annotation-invalid  | HOST_DENIED
            auth-tls-verify-client: optional                                         | annotation-invalid  | HOST_DENIED
            auth-tls-match-cn: CN=alice                                              | annotation-invalid  | HOST_DENIED
            auth-tls-verify-client: "off"\\, auth-tls-match-cn: CN=alice             | annotation-invalid  | HOST_DENIED
            """)
    void whatCannotBeHonouredClosesTheHost(String annotations, String code, String effect) {
        Gateway gateway = gateway(CA, ingress("a", "m.test", annotations), ingress("b", "m.test", ""));
        assertThat(reported(gateway, code)).extracting(Diagnostic::effect).contains(Effect.valueOf(effect));
        assertThat(status(gateway, "m.test", ALICE)).isEqualTo(403);
        assertThat(gateway.table().certificates().clientAuthority("m.test")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            auth-tls-error-page: '@named'
            auth-tls-error-page: 'ftp://x.test/'
            auth-tls-pass-certificate-to-upstream: 'yes'
            auth-tls-match-cn: alice
            auth-tls-match-cn: 'CN=('
            auth-tls-match-cn: 'CN=a)|(b'
            configuration-snippet: 'return 200'
            """)
    void anIngressThatIsRefusedLeavesItsHostsClosedToItsNeighbours(String annotation) {
        String asks = "auth-tls-secret: shop/ca, " + annotation;
        Gateway alone = gateway(CA, ingress("a", "m.test", asks));
        assertThat(alone.compilation().served()).isEmpty();
        assertThat(status(alone, "m.test", ALICE)).isEqualTo(404);
        Gateway shared = gateway(CA, ingress("a", "m.test", asks), ingress("b", "m.test", ""));
        assertThat(shared.compilation().served()).containsExactly("shop/b");
        assertThat(status(shared, "m.test", ALICE)).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auth-tls-verify-client: maybe                                   | 400 | 1
            auth-tls-verify-depth: deep                                     | 400 | 1
            auth-tls-verify-depth: '-1'                                     | 400 | 1
            auth-tls-verify-client: optional, auth-tls-verify-depth: '0'    | 200 | 0
            """)
    void otherBadValuesMeanTheDefault(String annotations, int withoutCertificate, int reported) {
        Gateway gateway = gateway(CA, ingress("a", "m.test", "auth-tls-secret: shop/ca, " + annotations));
        assertThat(reported(gateway, "annotation-invalid")).hasSize(reported);
        assertThat(status(gateway, "m.test", ClientChain.NONE)).isEqualTo(withoutCertificate);
        assertThat(status(gateway, "m.test", ALICE)).isEqualTo(200);
    }

    @Test
    void aSecretThatCannotBeUsedClosesTheHost() {
        String list = ROOT.revocationsPem(FROM, UNTIL);
        for (Secret broken : List.of(
                authorities("no PEM", null),
                authorities(ROOT.certificatePem(), "no list"),
                new Secret(Metadata.of("shop", "ca"), "Opaque", Map.of("ca.crl", list.getBytes(US_ASCII))))) {
            Gateway gateway = gateway(CA, ingress("a", "m.test", "auth-tls-secret: shop/ca"));
            assertThat(status(gateway, "m.test", ALICE)).isEqualTo(200);
            gateway.update(resources(broken, ingress("a", "m.test", "auth-tls-secret: shop/ca")));
            assertThat(status(gateway, "m.test", ALICE)).isEqualTo(403);
            assertThat(reported(gateway, "client-auth-invalid")).hasSize(1);
        }
    }

    @Test
    void theOldestDecidesForTheWholeHost() {
        Gateway gateway = gateway(
                CA,
                ingress("a", "m.test", "auth-tls-secret: shop/ca"),
                ingress("b", "m.test", "auth-tls-secret: shop/ca, auth-tls-verify-client: optional"),
                ingress("c", "m.test", ""),
                ingress("d", "other.test", ""));
        assertThat(status(gateway, "m.test", ClientChain.NONE)).isEqualTo(400);
        assertThat(status(gateway, "other.test", ClientChain.NONE)).isEqualTo(200);
        assertThat(reported(gateway, "client-auth-shadowed"))
                .singleElement()
                .satisfies(d -> assertThat(d.object()).isEqualTo("Ingress shop/b"));
    }

    @Test
    void offKeepsYoungerOnesFromAsking() {
        Gateway gateway = gateway(
                CA,
                ingress("a", "m.test", "auth-tls-secret: shop/ca, auth-tls-verify-client: 'off'"),
                ingress("b", "m.test", "auth-tls-secret: shop/ca"));
        assertThat(status(gateway, "m.test", ClientChain.NONE)).isEqualTo(200);
        assertThat(gateway.table().certificates().clientAuthority("m.test")).isNull();
        assertThat(reported(gateway, "client-auth-shadowed")).hasSize(1);
    }

    @Test
    void everyNameThatLeadsToTheHostAsksAndNoOther() {
        Gateway gateway = gateway(
                CA,
                ingress("a", "*.m.test", "auth-tls-secret: shop/ca, server-alias: 'alias.test, taken.test'"),
                ingress("b", "free.m.test", "server-alias: also.m.test"),
                ingress("c", "taken.test", ""));
        Map<String, Integer> expected = new LinkedHashMap<>(
                Map.of("x.m.test", 400, "alias.test", 400, "free.m.test", 200, "also.m.test", 200, "taken.test", 200));
        expected.forEach((host, status) -> {
            assertThat(status(gateway, host, ClientChain.NONE)).as(host).isEqualTo(status);
            assertThat(gateway.table().certificates().clientAuthority(host) != null)
                    .as(host)
                    .isEqualTo(status == 400);
        });
    }

    @Test
    void aRuleWithoutAHostAsksEverybodyElse() {
        Gateway gateway = gateway(CA, ingress("a", "", "auth-tls-secret: shop/ca"), ingress("b", "free.test", ""));
        assertThat(status(gateway, "any.test", ClientChain.NONE)).isEqualTo(400);
        assertThat(status(gateway, "any.test", ALICE)).isEqualTo(200);
        assertThat(status(gateway, "free.test", ClientChain.NONE)).isEqualTo(200);
        assertThat(gateway.table().certificates().clientAuthority(null)).isNotNull();
        assertThat(gateway.table().certificates().clientAuthority("free.test")).isNull();
    }

    @Test
    void anAuthorityIsTheSameObjectUntilItsSecretChanges() {
        Gateway gateway = gateway(CA, ingress("a", "m.test", "auth-tls-secret: shop/ca"));
        ClientAuthority first = policy(gateway).authority();
        gateway.update(
                resources(CA, ingress("a", "m.test", "auth-tls-secret: shop/ca"), ingress("b", "other.test", "")));
        assertThat(policy(gateway).authority()).isSameAs(first);
        gateway.update(resources(
                authorities(OTHER.certificatePem(), null), ingress("a", "m.test", "auth-tls-secret: shop/ca")));
        assertThat(policy(gateway).authority()).isNotSameAs(first);
        assertThat(status(gateway, "m.test", ALICE)).isEqualTo(400);
        assertThat(status(gateway, "m.test", MALLORY)).isEqualTo(200);
        gateway.update(resources(CA, ingress("a", "m.test", "")));
        assertThat(gateway.table().clientAuth()).isEmpty();
    }

    @Test
    void whatEndsSoonOrHasNoCertificateIsReported() {
        CertificateIssuer old = CertificateIssuer.root("CN=old", FROM, NOW.plus(Duration.ofDays(3)));
        Secret ending = authorities(old.certificatePem(), old.revocationsPem(FROM, NOW.minusSeconds(1)));
        Gateway gateway = gateway(ending, ingress("a", "m.test", "auth-tls-secret: shop/ca"));
        assertThat(gateway.compilation().diagnostics())
                .extracting(d -> d.code().text())
                .contains("certificate-expires-soon", "crl-expired", "client-auth-without-tls");
    }

    private static ClientAuth policy(Gateway gateway) {
        return gateway.table().clientAuth("m.test");
    }

    private static List<Diagnostic> reported(Gateway gateway, String code) {
        return gateway.compilation().diagnostics().stream()
                .filter(d -> d.code().text().equals(code))
                .toList();
    }

    private static int status(Gateway gateway, String host, ClientChain shown) {
        return step(gateway, host, "/", shown) instanceof Reply reply ? reply.status() : 200;
    }

    private static Step step(Gateway gateway, String host, String path, ClientChain shown) {
        Exchange exchange =
                gateway.open(gateway.connection("192.0.2.7", 443, host, shown), TestRequest.get(host, path));
        Step step = exchange.start();
        exchange.close(Outcome.COMPLETED);
        return step;
    }

    private static Gateway gateway(Secret secret, String... ingresses) {
        return Gateway.builder()
                .clock(() -> NOW)
                .resources(resources(secret, ingresses))
                .build();
    }

    private static ResourceSet resources(Secret secret, String... ingresses) {
        List<Resource> all = new ArrayList<>(ManifestReader.strict()
                .read("test.yaml", String.join("", ingresses) + SERVICE)
                .resources());
        all.add(secret);
        return ResourceSet.of(all);
    }

    /** @param annotations without their prefix */
    private static String ingress(String name, String host, String annotations) {
        String prefixed = annotations
                .replace("\\,", ",")
                .replaceAll("(^|, )(auth|server|configuration)-", "$1nginx.ingress.kubernetes.io/$2-");
        return """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, namespace: shop, annotations: {%s}}
                spec:
                  rules:
                  - host: "%s"
                    http: {paths: [{path: /%s, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}]}
                """.formatted(name, prefixed, host, name.equals("a") ? "" : name)
                .replace(host.isEmpty() ? "host: \"\"\n    http" : "\0", "http")
                .replace("path: /" + name, "path: /");
    }

    private static Secret authorities(String certificates, String lists) {
        return secret("shop", "ca", certificates, lists);
    }

    private static Secret secret(String namespace, String name, String certificates, String lists) {
        Map<String, byte[]> data = new LinkedHashMap<>();
        data.put("ca.crt", certificates.getBytes(US_ASCII));
        if (lists != null) {
            data.put("ca.crl", lists.getBytes(US_ASCII));
        }
        return new Secret(Metadata.of(namespace, name), "Opaque", data);
    }
}
