package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an update may keep, and what it must not change. */
class UpdateTest {
    private static final String INGRESS = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: i, annotations: {kubernetes.io/ingress.class: a}}
            spec:
              ingressClassName: a
              tls: [{secretName: good}]
              rules:
              - host: "*.a.test"
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            """;

    private static Manifests update(String old, String updated) {
        return ManifestReader.strict().readUpdate("new.yaml", updated, old);
    }

    @ParameterizedTest
    @CsvSource({
        "secretName: good, secretName: Bad_One, secretName: Bad_Two, spec.tls[0].secretName",
        "'path: /,', 'path: a,', 'path: b,', spec.rules[0].http.paths[0].path",
        "name: web, name: 1web, name: 2web, spec.rules[0].http.paths[0].backend.service.name",
    })
    void whatWasInvalidMayStayInvalid(String good, String bad, String worse, String field) {
        String old = INGRESS.replace(good, bad);
        assertThat(update(INGRESS, old).diagnostics())
                .extracting(d -> d.field())
                .containsExactly(field);
        Manifests kept = update(old, INGRESS.replace(good, worse));
        assertThat(kept.diagnostics()).noneMatch(d -> d.severity() == dev.adit.diagnostic.Severity.ERROR);
        assertThat(kept.resources()).hasSize(1);
    }

    @Test
    void invalidRulesMayStayUnderWildcardsOnly() {
        String plain = INGRESS.replace("\"*.a.test\"", "a.test").replace("path: /,", "path: a,");
        assertThat(update(plain, plain).diagnostics())
                .extracting(d -> d.field())
                .containsExactly("spec.rules[0].http.paths[0].path");
        String wildcard = INGRESS.replace("path: /,", "path: a,");
        Ingress kept = (Ingress) update(wildcard, wildcard).resources().get(0);
        assertThat(kept.rules().get(0).paths()).isEmpty();
    }

    @Test
    void theClassAnnotationIsComparedAtCreationOnly() {
        String differs = INGRESS.replace("ingressClassName: a", "ingressClassName: b");
        assertThat(update(INGRESS, differs).diagnostics()).isEmpty();
        String other = differs.replace("name: i,", "name: j,");
        assertThat(update(INGRESS, other).diagnostics())
                .extracting(d -> d.field())
                .containsExactly("annotations.kubernetes.io/ingress.class");
    }

    @Test
    void addressTypeAndSecretTypeStay() {
        String slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s}\naddressType: ";
        assertThat(update(slice + "IPv4\n", slice + "IPv6\n").diagnostics())
                .extracting(d -> d.field())
                .containsExactly("addressType");
        String secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: ";
        assertThat(update(secret + "a\n", secret + "b\n").diagnostics())
                .extracting(d -> d.field())
                .containsExactly("type");
        assertThat(update(secret + "Opaque\n", secret + "\n").diagnostics()).isEmpty();
    }

    @Test
    void brokenOldObjectsMakeTheNewOnesCreations() {
        assertThat(update("a: [", INGRESS).diagnostics()).isEmpty();
        assertThat(update("", INGRESS).resources()).hasSize(1);
    }
}
