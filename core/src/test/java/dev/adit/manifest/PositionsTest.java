package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.SourcePosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionsTest {
    private static final String INGRESS = """
            # a comment
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: shop
              annotations:
                nginx.ingress.kubernetes.io/x: "1"
                nginx.ingress.kubernetes.io/x.y: "2"
            spec:
              rules:
              - host: a.test
                http:
                  paths:
                  - path: /a
                    pathType: Prefix
                    backend: {service: {name: s, port: {number: 80}}}
                  - {path: /b, pathType: Exact, backend: {service: {name: s, port: {name: http}}}}
            """;

    @ParameterizedTest
    @CsvSource({
        "'', 3, 1",
        "kind, 4, 7",
        "metadata.annotations, 8, 5",
        "metadata.annotations.nginx.ingress.kubernetes.io/x, 8, 36",
        "metadata.annotations.nginx.ingress.kubernetes.io/x.y, 9, 38",
        "metadata.annotations[nginx.ingress.kubernetes.io/x], 8, 36",
        "metadata.annotations.nginx.ingress.kubernetes.io/other, 8, 5",
        "spec.rules[0].host, 12, 11",
        "spec.rules[0].http.paths[1], 18, 9",
        "spec.rules[0].http.paths[1].path, 18, 16",
        "spec.rules[0].http.paths[0].backend.service.port.number, 17, 53",
        "spec.rules[0].http.paths[7].path, 15, 7",
        "spec.tls[0].hosts, 11, 3",
        "nothing, 3, 1",
    })
    void findsFieldOrTheNearestAround(String field, int line, int column) {
        Resource ingress =
                ManifestReader.strict().read("shop.yaml", INGRESS).resources().get(0);
        assertThat(ingress.position(field)).isEqualTo(new SourcePosition("shop.yaml", line, column));
    }

    @Test
    void withoutFileNothingIsKnown() {
        assertThat(Metadata.of("ns", "x").positions().at("spec")).isEqualTo(SourcePosition.UNKNOWN);
    }
}
