package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import dev.adit.route.Backend;
import dev.adit.tls.ClientTls;
import dev.adit.tls.Identity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections are kept by how TLS is spoken: it must be the same object for as long as nothing it depends on changes. */
class UpstreamTlsTest {
    private static final String FIRST = pem();
    private static final String SECOND = pem();

    private static String pem() {
        return Identity.selfSigned("authority", List.of(), Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"))
                .chainPem();
    }

    private static String ingress(String name, String annotations) {
        return """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %1$s, namespace: shop, annotations: {
                  nginx.ingress.kubernetes.io/backend-protocol: HTTPS,
                  nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/authority,
                  nginx.ingress.kubernetes.io/proxy-ssl-verify: "on"%2$s}}
                spec:
                  rules:
                  - host: %1$s.test
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{port: 443, targetPort: 8443}]}
                """.formatted(name, annotations);
    }

    private static String secret(String authority, String label) {
        return """
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: authority, namespace: shop, labels: {version: "%s"}}
                stringData:
                  ca.crt: |
                %s""".formatted(label, authority.indent(4));
    }

    private static ResourceSet read(String... yaml) {
        return ManifestReader.lenient().read("all.yaml", String.join("", yaml)).resourceSet();
    }

    private static Backend backend(Gateway gateway, String host) {
        return gateway.table().routes().stream()
                .filter(route -> route.rule() != null && route.rule().host().equals(host + ".test"))
                .findFirst()
                .orElseThrow()
                .backend();
    }

    private static @Nullable ClientTls tls(Gateway gateway, String host) {
        return backend(gateway, host).protocol().tls();
    }

    @Test
    void staysTheSameUntilTheSecretOrTheWishChanges() {
        Gateway gateway = Gateway.builder()
                .resources(read(ingress("a", ""), secret(FIRST, "1")))
                .build();
        ClientTls before = tls(gateway, "a");
        assertThat(before).hasToString("verified as web.shop.svc");

        gateway.update(read(ingress("a", ""), secret(FIRST, "2"), ingress("b", "")));
        assertThat(tls(gateway, "a")).as("only metadata changed").isSameAs(before);
        assertThat(tls(gateway, "b")).as("another Ingress that wishes the same").isSameAs(before);

        gateway.update(read(ingress("a", ", nginx.ingress.kubernetes.io/proxy-ssl-name: x.test"), secret(FIRST, "2")));
        assertThat(tls(gateway, "a")).isNotSameAs(before).hasToString("verified as x.test");

        gateway.update(read(ingress("a", ""), secret(SECOND, "3")));
        assertThat(tls(gateway, "a"))
                .as("another authority")
                .isNotSameAs(before)
                .hasToString("verified as web.shop.svc");
    }

    @Test
    void opensAndClosesWithItsSecret() {
        Gateway gateway = Gateway.builder().resources(read(ingress("a", ""))).build();
        assertThat(backend(gateway, "a").missing()).isEqualTo("denied: proxy-ssl-secret cannot be used");
        assertThat(backend(gateway, "a").pool()).isNull();

        gateway.update(read(ingress("a", ""), secret(FIRST, "1")));
        assertThat(backend(gateway, "a").pool()).isNotNull();
        assertThat(gateway.compilation().diagnostics())
                .noneMatch(finding -> finding.toString().contains("proxy-ssl"));

        gateway.update(read(ingress("a", "")));
        assertThat(backend(gateway, "a").pool()).isNull();
        assertThat(gateway.compilation().diagnostics().toString())
                .contains("proxy-ssl-secret")
                .contains("There is no Secret shop/authority.");
    }
}
