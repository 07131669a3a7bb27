package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.balancer.ConnectionPermit;
import dev.adit.balancer.HealthChecks;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.manifest.ManifestReader;
import dev.adit.policy.Settings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PoolsViewTest {
    private static final String MANIFESTS = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
              namespace: shop
            spec:
              rules:
              - host: a.test
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                  - {path: /too, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{name: "", port: 8080}]
            endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}]
            """;

    @Test
    void showsEveryPoolOnceAndWhatIsKnownOfItsEndpoints() {
        Gateway gateway = Gateway.builder()
                .resources(ManifestReader.strict().read("test.yaml", MANIFESTS).resourceSet())
                .settings(Settings.DEFAULT.with(Map.of("max-endpoint-connections", "7")))
                .pools(settings -> settings.with(OutlierDetection.DEFAULT.withConsecutiveFailures(1)))
                .nanoTime(() -> 1_000)
                .build();
        Pool pool =
                Objects.requireNonNull(gateway.table().routes().get(0).backend().pool());
        Lease failing = Objects.requireNonNull(pool.lease(PickKey.ANY));
        failing.close(LeaseOutcome.FAILED);
        Lease open = Objects.requireNonNull(pool.lease(PickKey.ANY));
        ConnectionPermit connection = pool.permit(open.endpoint(), "here", false);
        assertThat(connection.ask(() -> {})).isTrue();

        JsonNode pools =
                Json.MAPPER.readTree(Json.write(PoolsView.of(gateway.table()))).get("pools");
        assertThat(pools.size()).isEqualTo(1);
        JsonNode shown = pools.get(0);
        assertThat(shown.get("service").asString()).isEqualTo("shop/web:80");
        assertThat(shown.get("policy").asString()).isEqualTo("RoundRobin");
        assertThat(shown.get("inFlight").asInt()).isEqualTo(1);
        assertThat(shown.get("panic").asBoolean()).isFalse();
        assertThat(shown.get("maxEndpointConnections").asInt()).isEqualTo(7);
        JsonNode out = shown.get("endpoints").get(0);
        assertThat(out.get("address").asString()).isEqualTo("10.0.0.1:8080");
        assertThat(out.get("state").asString()).isEqualTo("ejected");
        assertThat(out.get("failures").asInt()).isEqualTo(1);
        assertThat(out.get("ejectedForMillis").asLong()).isBetween(10_000L, 15_000L);
        JsonNode busy = shown.get("endpoints").get(1);
        assertThat(busy.get("state").asString()).isEqualTo("active");
        assertThat(busy.get("inFlight").asInt()).isEqualTo(1);
        assertThat(busy.get("connections").asInt()).isEqualTo(1);
        assertThat(out.get("connections").asInt()).isZero();
        connection.close();
        open.close(LeaseOutcome.ANSWERED);
    }

    @Test
    void showsWhatProbesHaveSeen() {
        Gateway gateway = Gateway.builder()
                .settings(Settings.DEFAULT.with(Map.of("health-check", "http", "health-check-unhealthy", "1")))
                .resources(ManifestReader.strict().read("test.yaml", MANIFESTS).resourceSet())
                .random(() -> 0)
                .nanoTime(() -> 1_000)
                .build();
        List<HealthChecks.Probe> due = gateway.balancer().healthChecks().due();
        due.get(0).report(false, "status 503");
        JsonNode endpoints = Json.MAPPER
                .readTree(Json.write(PoolsView.of(gateway.table())))
                .get("pools")
                .get(0)
                .get("endpoints");
        assertThat(endpoints.get(0).get("state").asString()).isEqualTo("down");
        assertThat(endpoints.get(0).get("probe").get("detail").asString()).isEqualTo("status 503");
        assertThat(endpoints.get(0).get("probe").get("passed").asBoolean()).isFalse();
        assertThat(endpoints.get(1).get("state").asString()).isEqualTo("active");
        assertThat(endpoints.get(1).has("probe")).as("nothing was seen yet").isFalse();
    }
}
