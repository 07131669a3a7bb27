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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What time alone changes: certificates begin and end to be valid while the resources stay as they are. */
class RecheckTest {
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");

    private Instant now = START;
    private final List<Compilation> heard = new ArrayList<>();

    /** Each of them has an end of its own, in days. */
    @Property(tries = 25)
    void followsTheTimeAsAGatewayDoesThatStartsThen(
            @ForAll @Size(5) List<@IntRange(max = 40) Integer> begins,
            @ForAll @Size(5) List<@IntRange(max = 40) Integer> lengths) {
        ResourceSet resources = everyKind(begins, lengths);
        Gateway gateway = gateway(resources);
        int turns = 0;
        for (Instant until = gateway.compilation().until();
                !until.equals(Instant.MAX);
                until = gateway.compilation().until()) {
            assertThat(until).isAfter(now);
            now = until.minusNanos(1);
            Compilation before = gateway.compilation();
            assertThat(gateway.recheck()).as("nothing to do yet").isSameAs(before);
            assertThat(before.diagnostics())
                    .isEqualTo(gateway(resources).compilation().diagnostics());
            now = until;
            Compilation after = gateway.recheck();
            Compilation fresh = gateway(resources).compilation();
            assertThat(after.diagnostics()).isEqualTo(fresh.diagnostics());
            assertThat(after.until()).isEqualTo(fresh.until());
            turns++;
        }
        assertThat(turns).as("three for each certificate and list, at most").isLessThanOrEqualTo(15);
        assertThat(codes(gateway)).contains("certificate-expired", "crl-expired");
    }

    @Test
    void everyKindIsReportedWhenItsTimeComes() {
        Gateway gateway = gateway(everyKind(List.of(0, 0, 0, 0, 0), List.of(20, 21, 22, 23, 24)));
        Map<Long, Set<String>> appeared = new LinkedHashMap<>();
        Set<Diagnostic> known = Set.copyOf(gateway.compilation().diagnostics());
        while (!gateway.compilation().until().equals(Instant.MAX)) {
            now = gateway.compilation().until();
            List<Diagnostic> all = gateway.recheck().diagnostics();
            Set<Diagnostic> before = known;
            appeared.put(
                    Duration.between(START, now).toDays(),
                    all.stream()
                            .filter(d -> !before.contains(d))
                            .map(d -> d.code().text() + " " + d.object())
                            .collect(Collectors.toCollection(TreeSet::new)));
            known = Set.copyOf(all);
        }
        Map<Long, Set<String>> expected = new LinkedHashMap<>();
        for (int days : List.of(6, 20)) {
            String state = days == 6 ? "expires-soon" : "expired";
            expected.put((long) days, Set.of("certificate-" + state + " Secret shop/served"));
            expected.put((long) days + 1, Set.of("certificate-" + state + " Secret shop/clients"));
            expected.put((long) days + 2, Set.of("crl-" + state + " Secret shop/clients"));
            expected.put((long) days + 3, Set.of("certificate-" + state + " Secret shop/upstream"));
            expected.put((long) days + 4, Set.of("certificate-" + state + " Secret shop/upstream"));
        }
        assertThat(appeared).isEqualTo(expected);
        assertThat(heard).as("the first, and once each time").hasSize(1 + expected.size());
    }

    @Test
    void whatWasRenewedTooEarlyServesFromItsFirstMomentOn() {
        Ingresses tls = new Ingresses("tls: [{secretName: served}]");
        Gateway gateway = gateway(tls.with(served(List.of("a.test"), 0, 30)));
        Identity first = gateway.table().certificates().find("a.test");
        now = day(1);
        gateway.update(tls.with(served(List.of("a.test", "b.test"), 3, 90)));
        assertThat(codes(gateway)).contains("certificate-kept", "certificate-not-yet-valid");
        assertThat(gateway.table().certificates().find("a.test")).isSameAs(first);
        assertThat(gateway.table().certificates().find("b.test")).isNull();
        assertThat(gateway.compilation().until()).isEqualTo(day(3));

        now = day(3);
        gateway.recheck();
        assertThat(codes(gateway)).doesNotContain("certificate-kept", "certificate-not-yet-valid");
        assertThat(gateway.table().certificates().find("a.test"))
                .isNotSameAs(first)
                .isSameAs(gateway.table().certificates().find("b.test"))
                .isNotNull();
    }

    @Test
    void whatIsKeptAndEndsIsReportedAndStays() {
        Ingresses tls = new Ingresses("tls: [{hosts: [a.test], secretName: served}]");
        Gateway gateway = gateway(tls.with(served(List.of("a.test"), 0, 30)));
        Identity first = gateway.table().certificates().find("a.test");
        Secret broken = new Secret(Metadata.of("shop", "served"), Secret.TLS_TYPE, Map.of());
        gateway.update(tls.with(broken));
        assertThat(gateway.compilation().until()).isEqualTo(day(16));
        now = day(16);
        gateway.recheck();
        assertThat(reported(gateway, "certificate-expires-soon"))
                .containsExactly("The certificate that is kept in Secret shop/served expires at " + day(30)
                        + ": then clients refuse it.");
        now = day(30);
        gateway.recheck();
        assertThat(reported(gateway, "certificate-expired"))
                .containsExactly("The certificate that is kept in Secret shop/served expired at " + day(30)
                        + ": clients refuse it.");
        assertThat(gateway.table().certificates().find("a.test")).isSameAs(first);
        assertThat(gateway.compilation().until()).isEqualTo(Instant.MAX);
        assertThat(gateway.compilation().diagnostics())
                .filteredOn(d -> d.effect() == Effect.NOT_TRUSTED)
                .hasSize(1);
    }

    @Test
    void aKeptCertificateThatEndsGivesWayToOneThatEndedBefore() {
        Ingresses tls = new Ingresses("tls: [{hosts: [a.test], secretName: served}]");
        Gateway gateway = gateway(tls.with(served(List.of("a.test"), 0, 5)));
        Identity first = gateway.table().certificates().find("a.test");
        now = day(3);
        gateway.update(tls.with(served(List.of("a.test"), 0, 2)));
        assertThat(gateway.table().certificates().find("a.test")).isSameAs(first);
        now = gateway.compilation().until();
        assertThat(now).isEqualTo(day(5));
        gateway.recheck();
        assertThat(gateway.table().certificates().find("a.test"))
                .as("neither is better")
                .isNotSameAs(first);
        assertThat(codes(gateway)).contains("certificate-expired").doesNotContain("certificate-kept");
    }

    @Test
    void anUpdateOfEndpointsLooksAtTheTimeToo() {
        Ingresses tls = new Ingresses("tls: [{hosts: [a.test], secretName: served}]");
        ResourceSet resources = tls.with(served(List.of("a.test"), 0, 5));
        Gateway gateway = gateway(resources);
        now = day(5);
        gateway.update(resources.with(
                ManifestReader.strict().read("slice.yaml", """
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata: {name: web, namespace: shop, labels: {kubernetes.io/service-name: web}}
                        addressType: IPv4
                        ports: [{port: 80}]
                        endpoints: [{addresses: [10.0.0.1]}]
                        """).resources().get(0)));
        assertThat(codes(gateway)).contains("certificate-expired");
    }

    @Test
    void withoutCertificatesThereIsNothingToWaitFor() {
        Gateway gateway = gateway(new Ingresses("").with());
        assertThat(gateway.compilation().until()).isEqualTo(Instant.MAX);
        now = Instant.MAX.minusNanos(1);
        assertThat(gateway.recheck()).isSameAs(gateway.compilation());
        assertThat(heard).hasSize(1);
    }

    private static ResourceSet everyKind(List<Integer> begins, List<Integer> lengths) {
        CertificateIssuer clients = CertificateIssuer.root("CN=clients", day(begins.get(1)), end(begins, lengths, 1));
        CertificateIssuer servers = CertificateIssuer.root("CN=servers", day(begins.get(4)), end(begins, lengths, 4));
        Map<String, byte[]> upstream =
                TestSecrets.data(servers.client("CN=adit", day(begins.get(3)), end(begins, lengths, 3)));
        upstream.put("ca.crt", servers.certificatePem().getBytes(US_ASCII));
        return new Ingresses(
                        "tls: [{hosts: [a.test], secretName: served}]",
                        "auth-tls-secret: shop/clients",
                        "backend-protocol: HTTPS",
                        "proxy-ssl-secret: shop/upstream",
                        "proxy-ssl-verify: \"on\"")
                .with(
                        served(List.of("a.test"), begins.get(0), begins.get(0) + lengths.get(0)),
                        new Secret(
                                Metadata.of("shop", "clients"),
                                "Opaque",
                                Map.of(
                                        "ca.crt", clients.certificatePem().getBytes(US_ASCII),
                                        "ca.crl",
                                                clients.revocationsPem(day(begins.get(2)), end(begins, lengths, 2))
                                                        .getBytes(US_ASCII))),
                        new Secret(Metadata.of("shop", "upstream"), "Opaque", upstream));
    }

    private static Instant end(List<Integer> begins, List<Integer> lengths, int at) {
        return day(begins.get(at) + lengths.get(at));
    }

    private static Secret served(List<String> names, int from, int end) {
        return TestSecrets.tls("shop", "served", names, day(from), day(end));
    }

    private static Instant day(int number) {
        return START.plus(Duration.ofDays(number));
    }

    private Gateway gateway(ResourceSet resources) {
        return Gateway.builder()
                .clock(() -> now)
                .listener(new GatewayListener() {
                    @Override
                    public void updated(Compilation compilation) {
                        heard.add(compilation);
                    }
                })
                .resources(resources)
                .build();
    }

    private static List<String> codes(Gateway gateway) {
        return gateway.compilation().diagnostics().stream()
                .map(d -> d.code().text())
                .toList();
    }

    private static List<String> reported(Gateway gateway, String code) {
        return gateway.compilation().diagnostics().stream()
                .filter(d -> d.code().text().equals(code))
                .map(Diagnostic::message)
                .toList();
    }

    /**
     * An Ingress for two hosts and its Service.
     *
     * @param annotations without their prefix
     */
    private record Ingresses(String tls, String... annotations) {
        ResourceSet with(Secret... secrets) {
            String prefixed = List.of(annotations).stream()
                    .map(annotation -> "nginx.ingress.kubernetes.io/" + annotation)
                    .collect(Collectors.joining(", "));
            List<Resource> all = new ArrayList<>(ManifestReader.strict()
                    .read("test.yaml", """
                            apiVersion: networking.k8s.io/v1
                            kind: Ingress
                            metadata: {name: a, namespace: shop, annotations: {%s}}
                            spec:
                              %s
                              rules:
                              - host: a.test
                                http: &http {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
                              - host: b.test
                                http: *http
                            ---
                            apiVersion: v1
                            kind: Service
                            metadata: {name: web, namespace: shop}
                            spec: {ports: [{port: 80}]}
                            """.formatted(prefixed, tls))
                    .resources());
            all.addAll(List.of(secrets));
            return ResourceSet.of(all);
        }
    }
}
