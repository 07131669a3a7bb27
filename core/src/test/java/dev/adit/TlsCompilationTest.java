package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From TLS sections and Secrets to certificates. */
class TlsCompilationTest {
    private static final Secret ECDSA = TestSecrets.tls("shop", "ecdsa", List.of("shop.test"));
    private static final Secret RSA = TestSecrets.tlsOfFile("shop", "rsa", "rsa");

    @Test
    void aNameMayHaveCertificatesWithDifferentKindsOfKey() {
        Gateway gateway = gateway(ECDSA, RSA, ingress("shop", "a", "ecdsa"), ingress("shop", "b", "rsa"));
        assertThat(labels(gateway)).containsExactly("shop/ecdsa", "shop/rsa");
        assertThat(gateway.table().certificates().find("shop.test").label()).isEqualTo("shop/ecdsa");
        assertThat(codes(gateway)).doesNotContain("tls-host-shadowed");
    }

    @Test
    void anotherNamespaceAddsNothingToAName() {
        Gateway gateway = gateway(
                ECDSA,
                TestSecrets.tlsOfFile("thief", "rsa", "rsa"),
                ingress("shop", "a", "ecdsa"),
                ingress("thief", "b", "rsa"));
        assertThat(labels(gateway)).containsExactly("shop/ecdsa");
        assertThat(codes(gateway)).contains("tls-host-shadowed");
    }

    private static Gateway gateway(Resource... resources) {
        return Gateway.builder().resources(ResourceSet.of(List.of(resources))).build();
    }

    private static List<String> labels(Gateway gateway) {
        CertificateTable certificates = gateway.table().certificates();
        return certificates.identities().stream().map(Identity::label).toList();
    }

    private static List<String> codes(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .map(d -> d.code().text())
                .toList();
    }

    private static Resource ingress(String namespace, String name, String secret) {
        return ManifestReader.strict()
                .read("test.yaml", """
                        apiVersion: networking.k8s.io/v1
                        kind: Ingress
                        metadata: {name: %s, namespace: %s}
                        spec:
                          tls: [{hosts: [shop.test], secretName: %s}]
                          rules:
                          - host: shop.test
                            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                        """.formatted(name, namespace, secret))
                .resources()
                .get(0);
    }
}
