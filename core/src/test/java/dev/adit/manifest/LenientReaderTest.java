package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Effect;
import org.junit.jupiter.api.Test;

class LenientReaderTest {
    private static final String HEAD = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: i, annotations: {kubernetes.io/ingress.class: a}}
            spec:
              ingressClassName: b
            """;
    private static final String BACKEND = "backend: {service: {name: s, port: {number: 80}}}";

    private static Manifests read(String spec) {
        return ManifestReader.lenient().read("i.yaml", HEAD + spec);
    }

    private static Ingress ingress(Manifests manifests) {
        return (Ingress) manifests.resources().get(0);
    }

    @Test
    void skipsTheOffendingPath() {
        Manifests manifests = read("""
                  rules:
                  - host: a.test
                    http:
                      paths:
                      - {path: a, pathType: Prefix, BACKEND}
                      - {path: /b, pathType: Prefix, BACKEND}
                  - host: b.test
                    http:
                      paths: [{path: /, pathType: Regex, BACKEND}]
                """.replace("BACKEND", BACKEND));
        assertThat(manifests.diagnostics())
                .extracting(d -> d.field(), d -> d.effect())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("spec.rules[0].http.paths[0].path", Effect.PATH_DROPPED),
                        org.assertj.core.groups.Tuple.tuple(
                                "spec.rules[1].http.paths[0].pathType", Effect.PATH_DROPPED));
        Ingress ingress = ingress(manifests);
        assertThat(ingress.rules().get(0).paths())
                .extracting(Ingress.Path::field)
                .containsExactly("spec.rules[0].http.paths[1]");
        // The host stays claimed, or its requests would reach the rules of others.
        assertThat(ingress.rules().get(1)).isEqualTo(new Ingress.Rule("spec.rules[1]", "b.test", java.util.List.of()));
    }

    @Test
    void skipsRulesTlsEntriesAndTheDefaultBackend() {
        Manifests manifests = read("""
                  defaultBackend: {}
                  rules: [{host: A.test}, {host: b.test}]
                  tls: [{hosts: [A.test], secretName: a}, {hosts: [b.test], secretName: b}]
                """);
        assertThat(manifests.diagnostics())
                .extracting(d -> d.effect())
                .containsExactly(Effect.PATH_DROPPED, Effect.PATH_DROPPED, Effect.IGNORED);
        Ingress ingress = ingress(manifests);
        assertThat(ingress.defaultBackend()).isNull();
        assertThat(ingress.rules()).extracting(Ingress.Rule::field).containsExactly("spec.rules[1]");
        assertThat(ingress.tls()).extracting(Ingress.Tls::secretName).containsExactly("b");
    }

    @Test
    void refusesWhatHasNothingLeft() {
        Manifests manifests = read("  rules: [{host: A.test}]\n");
        assertThat(manifests.resources()).isEmpty();
        assertThat(manifests.diagnostics()).extracting(d -> d.effect()).containsExactly(Effect.REJECTED);
    }

    @Test
    void annotationsAreNeverLeftOut() {
        Manifests manifests =
                ManifestReader.lenient().read("i.yaml", Texts.ingress("i").replace("\"false\"", "[a, b]"));
        assertThat(manifests.resources()).isEmpty();
        assertThat(manifests.diagnostics()).extracting(d -> d.effect()).containsExactly(Effect.REJECTED);
    }

    @Test
    void skipsTheOffendingEndpoint() {
        Manifests manifests = ManifestReader.lenient().read("s.yaml", """
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata: {name: s}
                        addressType: IPv4
                        ports: [{port: 80}, {name: b, port: 0}]
                        endpoints: [{addresses: [10.0.0.1]}, {addresses: [host]}, {addresses: [127.0.0.1]}]
                        """);
        EndpointSlice slice = (EndpointSlice) manifests.resources().get(0);
        assertThat(slice.endpoints())
                .flatExtracting(EndpointSlice.Endpoint::addresses)
                .containsExactly("10.0.0.1", "127.0.0.1");
        assertThat(slice.ports()).extracting(EndpointSlice.Port::port).containsExactly(80);
        assertThat(manifests.diagnostics())
                .extracting(d -> d.effect())
                .containsExactly(Effect.IGNORED, Effect.IGNORED, Effect.NONE);
    }
}
