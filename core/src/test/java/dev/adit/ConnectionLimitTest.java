package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.CircuitLimits;
import dev.adit.manifest.ManifestReader;
import dev.adit.policy.Settings;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a limit of connections says about requests depends on what is spoken. */
class ConnectionLimitTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adit.dev/max-endpoint-connections: '3'                                      | 3 | 3",
                "adit.dev/max-endpoint-connections: '3', adit.dev/max-endpoint-requests: '2' | 3 | 2",
                "adit.dev/max-endpoint-connections: '3', adit.dev/max-endpoint-requests: '9' | 3 | 3",
                "adit.dev/max-endpoint-connections: '3',"
                        + " nginx.ingress.kubernetes.io/backend-protocol: GRPC               | 3 | 300",
                "adit.dev/max-requests: '7'                                                  | 5 | 5",
            })
    void noMoreRequestsThanConnectionsCarry(String annotations, int connections, int requests) {
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(Map.of("max-endpoint-connections", "5")))
                .resources(ManifestReader.strict()
                        .read("test.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop, annotations: {%s}}
                spec:
                  rules:
                  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{port: 80}]}
                """.formatted(annotations))
                        .resourceSet())
                .build();
        CircuitLimits limits = Objects.requireNonNull(
                        gateway.table().routes().get(0).backend().pool())
                .settings()
                .limits();
        assertThat(limits.connections()).isEqualTo(connections);
        assertThat(limits.endpoint()).isEqualTo(requests);
    }
}
