package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.Endpoint;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The annotation service-upstream: the Service's own address instead of its endpoints. */
class ServiceUpstreamTest {
    private static ResourceSet resources(String annotations, String service, String address) {
        return ManifestReader.strict()
                .read("service.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop, annotations: {%s}}
                spec:
                  rules:
                  - host: a.test
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {%s, ports: [{name: http, port: 81, targetPort: 8080}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: http, port: 8080}]
                endpoints: [{addresses: [%s]}]
                """.formatted(annotations, service, address))
                .resourceSet();
    }

    private static String upstream(String value) {
        return "nginx.ingress.kubernetes.io/service-upstream: '" + value + "'";
    }

    private static List<String> endpoints(Gateway gateway) {
        return gateway.table().routes().stream()
                .map(route -> route.backend().pool())
                .filter(Objects::nonNull)
                .flatMap(pool -> pool.endpoints().stream())
                .map(Endpoint::authority)
                .toList();
    }

    private static List<String> complaints(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .map(Diagnostic::message)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | clusterIP: 10.96.0.10 | 10.96.0.10:81 |",
                "true | clusterIP: 'fd00::10' | [fd00::10]:81 |",
                "false | clusterIP: 10.96.0.10 | 10.0.0.1:8080 |",
                "true | clusterIP: None | 10.0.0.1:8080 | The Service shop/web has no cluster IP; its endpoints serve.",
                "true | type: NodePort | 10.0.0.1:8080 | The Service shop/web has no cluster IP; its endpoints serve.",
                "true | clusterIP: web.test | 10.0.0.1:8080 | The Service shop/web has no cluster IP; its endpoints serve."
            })
    void theServiceStandsInForItsEndpoints(String value, String service, String endpoint, String complaint) {
        Gateway gateway = Gateway.builder()
                .resources(resources(upstream(value), service, "10.0.0.1"))
                .build();
        assertThat(endpoints(gateway)).containsExactly(endpoint);
        assertThat(complaints(gateway)).isEqualTo(complaint == null ? List.of() : List.of(complaint));
    }

    @Test
    void endpointsComeAndGoAndTheServiceStays() {
        Gateway gateway = Gateway.builder()
                .resources(resources(upstream("true"), "clusterIP: 10.96.0.10", "10.0.0.1"))
                .build();
        gateway.update(resources(upstream("true"), "clusterIP: 10.96.0.10", "10.0.0.2"));
        assertThat(endpoints(gateway)).containsExactly("10.96.0.10:81");
        gateway.update(resources(upstream("true"), "clusterIP: 10.96.0.11", "10.0.0.2"));
        assertThat(endpoints(gateway)).containsExactly("10.96.0.11:81");
        gateway.update(resources("", "clusterIP: 10.96.0.11", "10.0.0.3"));
        assertThat(endpoints(gateway)).containsExactly("10.0.0.3:8080");
    }

    @Test
    void whoeverElseNamesTheServiceSeesItsEndpoints() {
        String more = """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: other, namespace: shop}
                spec:
                  rules:
                  - host: b.test
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
                """;
        ResourceSet both = resources(upstream("true"), "clusterIP: 10.96.0.10", "10.0.0.1");
        for (var resource :
                ManifestReader.strict().read("more.yaml", more).resourceSet().all()) {
            both = both.with(resource);
        }
        assertThat(endpoints(Gateway.builder().resources(both).build()))
                .containsExactlyInAnyOrder("10.96.0.10:81", "10.0.0.1:8080");
    }
}
