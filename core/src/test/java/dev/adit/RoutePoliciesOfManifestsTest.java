package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.ResourceSet;
import dev.adit.policy.Retry;
import dev.adit.policy.Retry.On;
import dev.adit.route.Route;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which policies a route gets from annotations, settings and the embedder. */
class RoutePoliciesOfManifestsTest {
    private static ResourceSet resources(String nextUpstream) {
        return ManifestReader.strict()
                .read("test.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: web
                  namespace: shop
                  annotations: {nginx.ingress.kubernetes.io/proxy-next-upstream: "%s"}
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
                """.formatted(nextUpstream))
                .resourceSet();
    }

    private static Retry retry(Gateway gateway) {
        return gateway.table().routes().get(0).policies().retry();
    }

    private static List<String> complaints(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .filter(diagnostic -> diagnostic.field().contains("annotations"))
                .map(Diagnostic::message)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "error timeout invalid_header, 'ERROR,TIMEOUT,INVALID_HEADER'",
        "http_500 http_502 http_503 http_504, 'HTTP_500,HTTP_502,HTTP_503,HTTP_504'",
        "http_403 http_404 http_429 non_idempotent, 'HTTP_403,HTTP_404,HTTP_429,NON_IDEMPOTENT'"
    })
    void everyWordIsHonoured(String words, String on) {
        Gateway gateway = Gateway.builder().resources(resources(words)).build();
        Set<On> expected = EnumSet.noneOf(On.class);
        for (String name : on.split(",")) {
            expected.add(On.valueOf(name));
        }
        assertThat(retry(gateway).on()).isEqualTo(expected);
        assertThat(retry(gateway).tries()).isEqualTo(3);
        assertThat(complaints(gateway)).isEmpty();
    }

    @Test
    void offRepeatsNothing() {
        Gateway gateway = Gateway.builder().resources(resources("off")).build();
        assertThat(retry(gateway).on()).isEmpty();
        assertThat(complaints(gateway)).isEmpty();
    }

    @Test
    void unknownWordsAreReportedAndTheSettingsStay() {
        Gateway gateway = Gateway.builder()
                .settings(dev.adit.policy.Settings.DEFAULT.with(Map.of("proxy-next-upstream", "http_503")))
                .resources(resources("error http_418"))
                .build();
        assertThat(retry(gateway).on()).containsExactly(On.HTTP_503);
        assertThat(complaints(gateway))
                .singleElement()
                .asString()
                .contains("proxy-next-upstream holds unknown words: http_418");
    }

    @Test
    void theEmbedderHasTheLastWord() {
        Retry never = Retry.DEFAULT.withOn(Set.of());
        Gateway gateway = Gateway.builder()
                .resources(resources("error"))
                .routes(route ->
                        route.with(route.policies().toBuilder().retry(never).build()))
                .build();
        Route route = gateway.table().routes().get(0);
        assertThat(route.policies().retry()).isEqualTo(never);
        assertThat(route.backend().service()).isEqualTo("web");
        assertThat(gateway.table().matcher().find("a.test", "/")).isSameAs(route);
    }
}
