package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.OutlierDetection;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.balancer.PoolView;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.ResourceSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in flight, latencies, ejections and turns outlive changes of the table and of endpoints; but not their pod. */
class LearnedStateTest {
    private static final String PREFIX = "nginx.ingress.kubernetes.io/";
    private static final List<String> THREE = List.of("1 a", "2 b", "3 c");

    private long now;

    private Gateway gateway(String annotation) {
        return Gateway.builder()
                .random(new SplittableRandom(1))
                .sessionKey(new byte[16])
                .nanoTime(() -> now)
                .pools(settings -> settings.with(
                        OutlierDetection.DEFAULT.withConsecutiveFailures(1).withLatencyFactor(1_000)))
                .resources(resources(annotation, "", THREE))
                .build();
    }

    /**
     * @param more documents
     * @param pods last octet of the address and uid
     */
    private static ResourceSet resources(String annotations, String more, List<String> pods) {
        StringBuilder text = new StringBuilder("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop, annotations: {%s}}
                spec:
                  rules:
                  - host: a.test
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
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
                endpoints:
                """.formatted(annotations));
        for (String pod : pods) {
            String[] words = pod.split(" ");
            text.append("- {addresses: [10.0.0.%s], targetRef: {kind: Pod, uid: %s}}\n".formatted(words[0], words[1]));
        }
        Manifests read = ManifestReader.strict().read("state.yaml", text + more);
        assertThat(read.diagnostics()).isEmpty();
        return read.resourceSet();
    }

    private static Pool pool(Gateway gateway) {
        return gateway.table().routes().stream()
                .map(route -> route.backend().pool())
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    private static Lease lease(Pool pool) {
        return Objects.requireNonNull(pool.lease(PickKey.ANY));
    }

    /** One endpoint answers after 5 ms, one fails and is out, one has a lease open, which is returned. */
    private Lease learn(Gateway gateway) {
        Pool pool = pool(gateway);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            leases.add(lease(pool));
        }
        now += 5_000_000;
        leases.get(0).close(LeaseOutcome.ANSWERED);
        leases.get(1).close(LeaseOutcome.FAILED);
        assertThat(states(gateway).values())
                .extracting(PoolView.MemberView::state)
                .contains(PoolView.State.EJECTED);
        return leases.get(2);
    }

    private static Map<Endpoint, PoolView.MemberView> states(Gateway gateway) {
        Map<Endpoint, PoolView.MemberView> states = new HashMap<>();
        pool(gateway).view().members().forEach(seen -> states.put(seen.member().endpoint(), seen));
        return states;
    }

    static Stream<Arguments> tables() {
        String second = """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: second, namespace: shop}
                spec:
                  rules:
                  - host: %s
                    http:
                      paths:
                      - {path: /b, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                """;
        return Stream.of(
                Arguments.of("another Ingress", "", second.formatted("b.test")),
                Arguments.of("another rule of the host", "", second.formatted("a.test")),
                Arguments.of("another policy", PREFIX + "proxy-read-timeout: '7'", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void aTableComesAndGoesAndWhatIsLearnedStays(String name, String annotation, String more) {
        Gateway gateway = gateway("");
        Gateway untouched = gateway("");
        Lease open = learn(gateway);
        learn(untouched);
        Map<Endpoint, PoolView.MemberView> learned = states(gateway);
        gateway.update(resources(annotation, more, THREE));
        assertThat(states(gateway)).isEqualTo(learned);
        gateway.update(resources("", "", THREE));
        assertThat(states(gateway)).isEqualTo(learned);
        for (int i = 0; i < 5; i++) {
            assertThat(lease(pool(gateway)).endpoint())
                    .as("whose turn it is")
                    .isEqualTo(lease(pool(untouched)).endpoint());
        }
        assertThat(open.close(LeaseOutcome.ANSWERED)).isTrue();
    }

    static Stream<Arguments> endpoints() {
        return Stream.of(
                Arguments.of("one more", List.of("1 a", "2 b", "3 c", "4 d")),
                Arguments.of("another order", List.of("3 c", "2 b", "1 a")),
                Arguments.of("one less", List.of("2 b", "3 c")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endpoints")
    void endpointsThatStayKeepWhatIsLearned(String name, List<String> pods) {
        Gateway gateway = gateway("");
        Lease open = learn(gateway);
        Map<Endpoint, PoolView.MemberView> learned = states(gateway);
        gateway.update(resources("", "", pods));
        Map<Endpoint, PoolView.MemberView> after = states(gateway);
        assertThat(after).hasSize(pods.size());
        learned.forEach((endpoint, seen) -> {
            if (after.containsKey(endpoint)) {
                assertThat(after.get(endpoint)).isEqualTo(seen);
            }
        });
        open.close(LeaseOutcome.ANSWERED);
        assertThat(gateway.balancer().inFlight(open.endpoint())).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "load-balance: ewma",
                "load-balance: least-connections",
                "upstream-hash-by: $host",
                "affinity: cookie"
            })
    void anotherWayToChooseKnowsWhatTheLastOneLearned(String annotation) {
        Gateway gateway = gateway("");
        Lease open = learn(gateway);
        gateway.update(resources(PREFIX + annotation, "", THREE));
        Map<Endpoint, PoolView.MemberView> after = states(gateway);
        assertThat(after.get(open.endpoint()).inFlight()).isEqualTo(1);
        assertThat(after.values()).extracting(PoolView.MemberView::state).containsOnlyOnce(PoolView.State.EJECTED);
        assertThat(after.values()).extracting(PoolView.MemberView::latencyNanos).contains(5_000_000L);
        open.close(LeaseOutcome.ANSWERED);
    }

    @Test
    void anotherPodAtAnAddressStartsFresh() {
        Gateway gateway = gateway("");
        Lease open = learn(gateway);
        gateway.update(resources("", "", List.of("1 x", "2 y", "3 z")));
        assertThat(states(gateway).values()).allSatisfy(seen -> {
            assertThat(seen.state()).isEqualTo(PoolView.State.ACTIVE);
            assertThat(seen.inFlight()).isZero();
            assertThat(seen.failures()).isZero();
            assertThat(seen.latencyNanos()).isZero();
        });
        open.close(LeaseOutcome.FAILED);
        assertThat(states(gateway).values())
                .as("the end of the old pod's lease is not the new one's")
                .extracting(PoolView.MemberView::failures)
                .containsOnly(0);
        gateway.update(resources("", "", THREE));
        assertThat(states(gateway).values())
                .as("nobody remembers pods that are gone")
                .extracting(PoolView.MemberView::state)
                .containsOnly(PoolView.State.ACTIVE);
    }
}
