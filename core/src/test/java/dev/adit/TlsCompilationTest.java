package dev.adit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.tls.CertificateTable;
import dev.adit.tls.Identity;
import dev.adit.tls.TlsPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From TLS sections and Secrets to certificates. */
class TlsCompilationTest {
    private static final Secret ECDSA = TestSecrets.tls("shop", "ecdsa", List.of("shop.test"));
    private static final Secret RSA = TestSecrets.tlsOfFile("shop", "rsa", "rsa");

    @Test
    void aNameMayHaveCertificatesWithDifferentKindsOfKey() {
        Gateway gateway = gateway(ECDSA, RSA, ingress("shop", "a", "ecdsa"), ingress("shop", "b", "rsa"));
        assertThat(labels(gateway)).containsExactly("shop/ecdsa", "shop/rsa");
        assertThat(gateway.table().certificates().find("shop.test").label()).isEqualTo("shop/ecdsa");
        assertThat(codes(gateway)).doesNotContain("tls-host-shadowed");
    }

    @Test
    void anotherNamespaceAddsNothingToAName() {
        Gateway gateway = gateway(
                ECDSA,
                TestSecrets.tlsOfFile("thief", "rsa", "rsa"),
                ingress("shop", "a", "ecdsa"),
                ingress("thief", "b", "rsa"));
        assertThat(labels(gateway)).containsExactly("shop/ecdsa");
        assertThat(codes(gateway)).contains("tls-host-shadowed");
    }

    @Test
    void aRenewedSecretIsUsed() {
        Gateway gateway = gateway(ECDSA, ingress("shop", "a", "ecdsa"));
        Identity first = identity(gateway);
        Secret renewed = TestSecrets.tls("shop", "ecdsa", List.of("shop.test"));
        update(gateway, renewed, ingress("shop", "a", "ecdsa"));
        assertThat(identity(gateway)).isNotSameAs(first);
        assertThat(codes(gateway)).containsOnly("certificate-self-signed");
        Identity second = identity(gateway);
        update(gateway, renewed, ingress("shop", "b", "ecdsa"));
        assertThat(identity(gateway)).as("decoded once").isSameAs(second);
    }

    static Stream<Arguments> brokenRenewals() {
        Map<String, byte[]> good = data(ECDSA);
        Map<String, byte[]> other = data(TestSecrets.tls("shop", "other", List.of("shop.test")));
        Instant now = Instant.now();
        return Stream.of(
                arguments("key does not match", secret(good.get("tls.crt"), other.get("tls.key")), "key-mismatch"),
                arguments(
                        "no PEM", secret(good.get("tls.crt"), "-----BEGIN".getBytes(US_ASCII)), "certificate-invalid"),
                arguments("empty", secret(new byte[0], new byte[0]), "certificate-invalid"),
                arguments(
                        "key of the second certificate",
                        secret(concat(other.get("tls.crt"), good.get("tls.crt")), good.get("tls.key")),
                        "certificate-chain"),
                arguments(
                        "strange issuer",
                        secret(concat(good.get("tls.crt"), data(RSA).get("tls.crt")), good.get("tls.key")),
                        "certificate-chain"),
                arguments("no names", TestSecrets.tls("shop", "ecdsa", List.of()), "certificate-without-names"),
                arguments("wrong type", new Secret(Metadata.of("shop", "ecdsa"), "Opaque", data(RSA)), "secret-type"),
                arguments(
                        "expired",
                        TestSecrets.tls(
                                "shop", "ecdsa", List.of("shop.test"), now.minusSeconds(9), now.minusSeconds(1)),
                        "certificate-expired"),
                arguments(
                        "not yet valid",
                        TestSecrets.tls(
                                "shop", "ecdsa", List.of("shop.test"), now.plusSeconds(60), now.plusSeconds(99)),
                        "certificate-not-yet-valid"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenRenewals")
    void aBrokenRenewalKeepsTheCertificateBefore(String name, Secret broken, String code) {
        Resource ingress = ingress("shop", "a", "ecdsa");
        Gateway gateway = gateway(ECDSA, ingress);
        Identity first = identity(gateway);
        for (int i = 0; i < 2; i++) {
            update(gateway, broken, ingress);
            assertThat(identity(gateway)).isSameAs(first);
            assertThat(codes(gateway)).contains("certificate-kept");
        }
        Secret repaired = TestSecrets.tls("shop", "ecdsa", List.of("shop.test"));
        update(gateway, repaired, ingress);
        assertThat(identity(gateway)).isNotSameAs(first);
        assertThat(codes(gateway)).doesNotContain("certificate-kept");
        update(gateway, ingress);
        assertThat(gateway.table().certificates().find("shop.test"))
                .as("removed")
                .isNull();
        update(gateway, broken, ingress);
        assertThat(codes(gateway)).as("nothing is remembered").contains(code).doesNotContain("certificate-kept");
    }

    @Test
    void aRenewalThatLacksANameLeavesItToTheCertificateBefore() {
        Gateway gateway = gateway(
                TestSecrets.tls("shop", "ecdsa", List.of("shop.test", "www.shop.test")), ingress("shop", "a", "ecdsa"));
        Identity first = identity(gateway);
        update(gateway, TestSecrets.tls("shop", "ecdsa", List.of("www.shop.test")), ingress("shop", "a", "ecdsa"));
        assertThat(identity(gateway)).isSameAs(first);
        assertThat(codes(gateway)).contains("host-not-covered");
    }

    static Stream<Arguments> flaws() {
        Instant now = Instant.now();
        return Stream.of(
                arguments(
                        TestSecrets.tls(
                                "shop", "ecdsa", List.of("shop.test"), now.minusSeconds(9), now.minusSeconds(1)),
                        "certificate-expired"),
                arguments(
                        TestSecrets.tls("shop", "ecdsa", List.of("shop.test"), now, now.plus(Duration.ofDays(13))),
                        "certificate-expires-soon"),
                arguments(TestSecrets.tlsOfFile("shop", "ecdsa", "weak"), "certificate-weak"),
                arguments(ECDSA, "certificate-self-signed"));
    }

    @ParameterizedTest
    @MethodSource("flaws")
    void aFlawedCertificateIsUsedAndReportedWhereItIs(Secret secret, String code) {
        Gateway gateway = gateway(secret, ingress("shop", "a", "ecdsa"), ingress("shop", "b", "ecdsa"));
        assertThat(identity(gateway)).isNotNull();
        assertThat(gateway.compilation().diagnostics())
                .filteredOn(d -> d.code().text().equals(code))
                .singleElement()
                .satisfies(d -> assertThat(d.object()).contains("shop/ecdsa"));
    }

    @Test
    void theClockDecidesWhatHasExpired() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        Gateway gateway = Gateway.builder().clock(now::get).build();
        update(gateway, ECDSA, ingress("shop", "a", "ecdsa"));
        assertThat(codes(gateway)).containsOnly("certificate-self-signed");
        now.updateAndGet(today -> today.plus(Duration.ofDays(80)));
        update(gateway, ECDSA, ingress("shop", "b", "ecdsa"));
        assertThat(codes(gateway)).contains("certificate-expires-soon");
        now.updateAndGet(today -> today.plus(Duration.ofDays(20)));
        update(gateway, ECDSA, ingress("shop", "a", "ecdsa"));
        assertThat(codes(gateway)).contains("certificate-expired");
    }

    @Test
    void theOldestIngressThatSaysSoChoosesTheCiphersOfAHost() {
        String list = "ECDHE-RSA-AES128-GCM-SHA256:HIGH:!aNULL";
        TlsPolicy chosen = TlsPolicy.INTERMEDIATE
                .withCiphers("ECDHE-RSA-AES128-GCM-SHA256")
                .withServerPreference(false);
        Gateway gateway = gateway(
                annotated("a", "shop.test", "{}"),
                annotated(
                        "b",
                        "shop.test",
                        "{nginx.ingress.kubernetes.io/ssl-ciphers: \"" + list
                                + "\", nginx.ingress.kubernetes.io/ssl-prefer-server-ciphers: \"false\"}"),
                annotated("c", "shop.test", "{nginx.ingress.kubernetes.io/ssl-ciphers: ECDHE-RSA-AES256-GCM-SHA384}"),
                annotated(
                        "d",
                        "\"*.shop.test\"",
                        "{nginx.ingress.kubernetes.io/ssl-ciphers: ECDHE-RSA-AES256-GCM-SHA384}"));
        CertificateTable table = gateway.table().certificates();
        assertThat(table.policy("shop.test")).isEqualTo(chosen);
        assertThat(table.policy("x.shop.test").cipherSuites()).endsWith("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(table.policy("elsewhere.test")).isEqualTo(TlsPolicy.INTERMEDIATE);
        assertThat(gateway.compilation().diagnostics())
                .anySatisfy(d -> assertThat(d.message()).contains("ssl-ciphers", "HIGH, !aNULL"));
    }

    private static Resource annotated(String name, String host, String annotations) {
        return ManifestReader.strict()
                .read("test.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, namespace: shop, annotations: %s}
                spec:
                  rules:
                  - host: %s
                    http: {paths: [{path: /%s, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                """.formatted(name, annotations, host, name))
                .resources()
                .get(0);
    }

    @Test
    void whereTheDefaultCertificateAnswersIsReported() {
        Gateway gateway = gateway(ECDSA, ingress("shop", "a", "\"\""), ingress("else", "b", "ecdsa"));
        assertThat(codes(gateway)).contains("default-certificate", "secret-namespace");
    }

    @Test
    void noDiagnosticHoldsAKey() {
        Gateway gateway = gateway(ECDSA, RSA, ingress("shop", "a", "ecdsa"), ingress("shop", "b", "rsa"));
        update(gateway, secret(data(RSA).get("tls.crt"), data(ECDSA).get("tls.key")), ingress("shop", "a", "ecdsa"));
        for (Secret secret : List.of(ECDSA, RSA)) {
            String key = new String(data(secret).get("tls.key"), US_ASCII);
            String line = key.lines().skip(1).findFirst().orElseThrow();
            assertThat(List.of(
                            gateway.compilation().toString(),
                            gateway.table().toString(),
                            gateway.table().certificates().identities().toString(),
                            secret.toString()))
                    .noneMatch(text -> text.contains(line));
        }
    }

    private static Identity identity(Gateway gateway) {
        return gateway.table().certificates().find("shop.test");
    }

    private static Map<String, byte[]> data(Secret secret) {
        return Map.of("tls.crt", secret.get("tls.crt"), "tls.key", secret.get("tls.key"));
    }

    private static Secret secret(byte[] certificates, byte[] key) {
        return new Secret(
                Metadata.of("shop", "ecdsa"), Secret.TLS_TYPE, Map.of("tls.crt", certificates, "tls.key", key));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return (new String(first, US_ASCII) + new String(second, US_ASCII)).getBytes(US_ASCII);
    }

    private static void update(Gateway gateway, Resource... resources) {
        gateway.update(ResourceSet.of(List.of(resources)));
    }

    private static Gateway gateway(Resource... resources) {
        return Gateway.builder().resources(ResourceSet.of(List.of(resources))).build();
    }

    private static List<String> labels(Gateway gateway) {
        CertificateTable certificates = gateway.table().certificates();
        return certificates.identities().stream().map(Identity::label).toList();
    }

    private static List<String> codes(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .map(d -> d.code().text())
                .filter(code -> !code.equals("service-missing"))
                .toList();
    }

    private static Resource ingress(String namespace, String name, String secret) {
        return ManifestReader.strict()
                .read("test.yaml", """
                        apiVersion: networking.k8s.io/v1
                        kind: Ingress
                        metadata: {name: %s, namespace: %s}
                        spec:
                          tls: [{hosts: [shop.test], secretName: %s}]
                          rules:
                          - host: shop.test
                            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                        """.formatted(name, namespace, secret))
                .resources()
                .get(0);
    }
}
