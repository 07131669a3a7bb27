package dev.adit;

import static dev.adit.BalancingTest.ask;
import static dev.adit.BalancingTest.get;
import static dev.adit.BalancingTest.pair;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.BalancingTest.Seen;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.ResourceSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of an affinity stay with the canary that served them first, or without it. */
class CanarySessionTest {
    private static final String SERVICE = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: shop}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: %1$s-1, namespace: shop, labels: {kubernetes.io/service-name: %1$s}}
            addressType: IPv4
            ports: [{name: "", port: 8080}]
            endpoints: [{addresses: [10.0.%2$d.1]}, {addresses: [10.0.%2$d.2]}]
            """;
    private static final String INGRESS = """
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: %1$s
              namespace: shop
              annotations: {%2$s}
            spec:
              rules:
              - host: a.test
                http:
                  paths:
                  - {path: /app, pathType: Prefix, backend: {service: {name: %1$s, port: {number: 80}}}}
            """;

    private static final String PREFIX = "nginx.ingress.kubernetes.io/";

    /** @param weight of the canary, or less than 0 for none */
    private static ResourceSet resources(String mode, String behavior, int weight) {
        return resources(
                "%1$saffinity: cookie, %1$saffinity-mode: %2$s, %1$saffinity-canary-behavior: '%3$s'"
                        .formatted(PREFIX, mode, behavior),
                weight,
                "");
    }

    /** @param own annotations of the canary, each behind a comma */
    private static ResourceSet resources(String main, int weight, String own) {
        String canary = "%1$scanary: 'true', %1$scanary-weight: '%2$d', %1$scanary-by-header: X-Canary"
                        .formatted(PREFIX, weight)
                + own;
        String text = SERVICE.formatted("web", 1)
                + SERVICE.formatted("next", 2)
                + INGRESS.formatted("web", main)
                + (weight < 0 ? "" : INGRESS.formatted("next", canary));
        Manifests read = ManifestReader.strict().read("canary.yaml", text);
        assertThat(read.diagnostics()).isEmpty();
        return read.resourceSet();
    }

    private static Gateway gateway(String mode, String behavior, int weight) {
        return gateway(resources(mode, behavior, weight));
    }

    private static Gateway gateway(ResourceSet resources) {
        Gateway gateway = Gateway.builder()
                .random(new SplittableRandom(1))
                .sessionKey(new byte[16])
                .resources(resources)
                .build();
        assertThat(gateway.compilation().diagnostics()).isEmpty();
        return gateway;
    }

    private static boolean byCanary(Seen seen) {
        return Objects.requireNonNull(seen.endpoint()).host().startsWith("10.0.2.");
    }

    private static Seen withHeader(Gateway gateway, @Nullable String cookie, String header) {
        return ask(
                gateway,
                cookie == null ? get("/app", "X-Canary", header) : get("/app", "Cookie", cookie, "X-Canary", header),
                "192.0.2.1",
                false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "persistent"})
    void whoCameFirstWhereStaysThere(String mode) {
        Gateway gateway = gateway(mode, "", 50);
        Map<String, Boolean> sides = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            Seen seen = ask(gateway, (String) null);
            sides.put(pair(seen.cookie()), byCanary(seen));
        }
        assertThat(sides.values()).contains(true, false);
        sides.forEach((cookie, canary) -> {
            for (int i = 0; i < 4; i++) {
                Seen again = ask(gateway, cookie);
                assertThat(byCanary(again)).isEqualTo(canary);
                assertThat(again.cookie()).isNull();
            }
            assertThat(byCanary(withHeader(gateway, cookie, canary ? "never" : "always")))
                    .as("the criteria are asked of new clients")
                    .isEqualTo(canary);
        });
        gateway.update(resources(mode, "", 0));
        sides.forEach(
                (cookie, canary) -> assertThat(byCanary(ask(gateway, cookie))).isEqualTo(canary));
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "persistent"})
    void whoseCanaryIsGoneGetsAnotherCookieAndStaysThere(String mode) {
        Gateway gateway = gateway(mode, "sticky", 0);
        Seen first = withHeader(gateway, null, "always");
        assertThat(byCanary(first)).isTrue();
        gateway.update(resources(mode, "sticky", -1));
        Seen moved = ask(gateway, pair(first.cookie()));
        assertThat(byCanary(moved)).isFalse();
        assertThat(ask(gateway, pair(moved.cookie()))).isEqualTo(new Seen(moved.endpoint(), null));
        gateway.update(resources(mode, "sticky", 100));
        assertThat(ask(gateway, pair(moved.cookie())))
                .as("a new canary is for new clients")
                .isEqualTo(new Seen(moved.endpoint(), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "persistent"})
    void legacyAsksTheCriteriaEveryTime(String mode) {
        Gateway gateway = gateway(mode, "legacy", 0);
        String cookie = pair(ask(gateway, (String) null).cookie());
        assertThat(byCanary(withHeader(gateway, cookie, "always"))).isTrue();
        assertThat(byCanary(ask(gateway, cookie))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"balanced", "persistent"})
    void whereTheCriteriaDecideTheCanaryHasNoPartInTheMainAffinity(String mode) {
        Gateway gateway = gateway(mode, "legacy", 0);
        String cookie = pair(ask(gateway, (String) null).cookie());
        assertThat(withHeader(gateway, null, "always").cookie()).isNull();
        assertThat(withHeader(gateway, cookie, "always").cookie()).isNull();
        assertThat(ask(gateway, cookie).cookie()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"false, balanced", "false, persistent", "true, balanced", "true, persistent"})
    void aCanaryMayHaveAnAffinityOfItsOwn(boolean ofMain, String mode) {
        String main = ofMain
                ? "%1$saffinity: cookie, %1$saffinity-canary-behavior: legacy".formatted(PREFIX)
                : PREFIX + "load-balance: ewma";
        Gateway gateway = gateway(resources(
                main,
                0,
                ", %1$saffinity: cookie, %1$saffinity-mode: %2$s, %1$ssession-cookie-name: NEXT"
                        .formatted(PREFIX, mode)));
        Seen first = withHeader(gateway, null, "always");
        assertThat(byCanary(first)).isTrue();
        String cookie = pair(first.cookie());
        assertThat(cookie).startsWith("NEXT=");
        for (int i = 0; i < 8; i++) {
            assertThat(ask(gateway, cookie)).isEqualTo(new Seen(first.endpoint(), null));
        }
        Seen other = ask(gateway, "NEXT=" + "0".repeat(32));
        assertThat(byCanary(other)).as("a cookie that no canary has set").isFalse();
        assertThat(other.cookie() != null).isEqualTo(ofMain);
    }

    @Test
    void aCanaryMayHashOnItsOwn() {
        Gateway gateway = gateway(resources(
                PREFIX + "load-balance: ewma", 100, ", %supstream-hash-by: $http_x_canary".formatted(PREFIX)));
        Map<String, Object> homes = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            String name = "client" + i % 10;
            Object endpoint = withHeader(gateway, null, name).endpoint();
            assertThat(homes.computeIfAbsent(name, any -> endpoint)).isEqualTo(endpoint);
        }
        assertThat(new HashSet<>(homes.values())).hasSize(2);
    }

    @Test
    void aCookieOfAnotherCanaryDecidesNothing() {
        Gateway gateway = gateway("balanced", "", 0);
        String theirs = "INGRESSCOOKIE=" + "0".repeat(32) + "-12345678";
        Seen seen = ask(gateway, theirs);
        assertThat(byCanary(seen)).isFalse();
        assertThat(pair(seen.cookie())).matches("INGRESSCOOKIE=[0-9a-f]{32}");
        assertThat(byCanary(withHeader(gateway, theirs, "always"))).isTrue();
    }
}
