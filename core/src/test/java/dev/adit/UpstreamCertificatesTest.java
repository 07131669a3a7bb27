package dev.adit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.tls.CertificateIssuer;
import dev.adit.tls.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of the certificates in Secrets of {@code proxy-ssl-secret}: those that endpoints are shown, and whom to trust. */
class UpstreamCertificatesTest {
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final Instant END = START.plus(Duration.ofDays(100));
    private static final CertificateIssuer ROOT = CertificateIssuer.root("CN=root", START, END);
    private static final CertificateIssuer LASTING =
            CertificateIssuer.root("CN=lasting", START.minus(Duration.ofDays(9)), END.plus(Duration.ofDays(99)));
    private static final Identity CLIENT = LASTING.client("CN=adit", START, END);

    @ParameterizedTest
    @CsvSource(textBlock = """
            -1,  certificate-not-yet-valid, not-trusted, is not valid before 2026-06-01T00:00:00Z: until then it is shown all the same
            0,   '', '', ''
            85,  '', '', ''
            86,  certificate-expires-soon, none, expires at 2026-09-09T00:00:00Z: then it is shown all the same
            99,  certificate-expires-soon, none, expires at 2026-09-09T00:00:00Z: then it is shown all the same
            100, certificate-expired, not-trusted, 'expired at 2026-09-09T00:00:00Z: it is shown all the same, and endpoints that verify it refuse it.'
            """)
    void theCertificateThatEndpointsAreShownIsGoodForATime(int day, String code, String effect, String text) {
        Gateway gateway = gateway(day, secret(TestSecrets.data(CLIENT)), ingress("a", "off"), ingress("b", "off"));
        assertFound(gateway, code, effect, "The certificate that endpoints are shown, in Secret shop/tls, " + text);
        assertThat(gateway.table().routes())
                .allSatisfy(route ->
                        assertThat(route.backend().protocol().tls().identity()).isNotNull());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            -1,  certificate-not-yet-valid, not-trusted, is not valid before 2026-06-01T00:00:00Z: until then endpoints
            0,   '', '', ''
            86,  certificate-expires-soon, none, expires at 2026-09-09T00:00:00Z: then endpoints that nobody else vouches for
            100, certificate-expired, not-trusted, 'expired at 2026-09-09T00:00:00Z: endpoints that nobody else vouches for are not trusted'
            """)
    void anAuthorityIsGoodForATime(int day, String code, String effect, String text) {
        Secret secret = secret(authorities(ROOT, LASTING));
        Gateway gateway = gateway(day, secret, ingress("a", "off"), ingress("b", "on"), ingress("c", "on"));
        assertFound(gateway, code, effect, "A certificate of an authority in Secret shop/tls " + text);
    }

    @Test
    void severalAuthoritiesMakeOneFinding() {
        CertificateIssuer older = CertificateIssuer.root("CN=older", START, END.minusSeconds(60));
        Gateway gateway = gateway(100, secret(authorities(ROOT, older, LASTING)), ingress("a", "on"));
        assertFound(
                gateway,
                "certificate-expired",
                "not-trusted",
                "A certificate of an authority in Secret shop/tls expired at 2026-09-08T23:59:00Z (the first of 2): endpoints");
    }

    @Test
    void authoritiesThatNobodyIsVerifiedByDoNotMatter() {
        assertThat(found(gateway(100, secret(authorities(ROOT)), ingress("a", "off"))))
                .isEmpty();
    }

    @Test
    void aShortKeyIsReported() {
        Gateway gateway = gateway(250, TestSecrets.tlsOfFile("shop", "tls", "weak"), ingress("a", "off"));
        assertFound(
                gateway,
                "certificate-weak",
                "none",
                "The certificate that endpoints are shown, in Secret shop/tls, has a key that is too short.");
    }

    @Test
    void aSecretIsForgottenWithTheIngressesThatNameIt() {
        Secret secret = secret(TestSecrets.data(CLIENT));
        Gateway gateway = gateway(100, secret, ingress("a", "off"), ingress("b", "off"));
        gateway.update(resources(secret, ingress("b", "off")));
        assertThat(found(gateway)).hasSize(1);
        gateway.update(resources(
                secret(TestSecrets.data(LASTING.client("CN=new", START, END.plusSeconds(9)))), ingress("b", "off")));
        assertThat(found(gateway)).extracting(d -> d.code().text()).containsExactly("certificate-expires-soon");
        gateway.update(resources(secret));
        assertThat(found(gateway)).isEmpty();
    }

    private static void assertFound(Gateway gateway, String code, String effect, String text) {
        if (code.isEmpty()) {
            assertThat(found(gateway)).isEmpty();
            return;
        }
        assertThat(found(gateway)).singleElement().satisfies(d -> {
            assertThat(d.code().text()).isEqualTo(code);
            assertThat(d.effect())
                    .isEqualTo(Effect.valueOf(effect.toUpperCase(Locale.ROOT).replace('-', '_')));
            assertThat(d.message()).startsWith(text);
            assertThat(d.object()).isEqualTo("Secret shop/tls");
        });
    }

    private static List<Diagnostic> found(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .filter(d -> d.code().text().startsWith("certificate-"))
                .toList();
    }

    /** @param day since the start of what is judged */
    private static Gateway gateway(int day, Secret secret, String... ingresses) {
        return Gateway.builder()
                .clock(() -> START.plus(Duration.ofDays(day)))
                .resources(resources(secret, ingresses))
                .build();
    }

    private static ResourceSet resources(Secret secret, String... ingresses) {
        List<Resource> all = new ArrayList<>(ManifestReader.strict()
                .read("test.yaml", String.join("", ingresses) + """
                        ---
                        apiVersion: v1
                        kind: Service
                        metadata: {name: web, namespace: shop}
                        spec: {ports: [{port: 443}]}
                        """)
                .resources());
        all.add(secret);
        return ResourceSet.of(all);
    }

    private static Map<String, byte[]> authorities(CertificateIssuer... issuers) {
        StringBuilder pem = new StringBuilder();
        for (CertificateIssuer issuer : issuers) {
            pem.append(issuer.certificatePem());
        }
        return Map.of("ca.crt", pem.toString().getBytes(US_ASCII));
    }

    private static Secret secret(Map<String, byte[]> data) {
        return new Secret(Metadata.of("shop", "tls"), "Opaque", data);
    }

    private static String ingress(String name, String verify) {
        return """
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %1$s, namespace: shop, annotations: {
                  nginx.ingress.kubernetes.io/backend-protocol: HTTPS,
                  nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/tls,
                  nginx.ingress.kubernetes.io/proxy-ssl-verify: "%2$s"}}
                spec:
                  rules:
                  - host: %1$s.test
                    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}]}
                """.formatted(name, verify);
    }
}
