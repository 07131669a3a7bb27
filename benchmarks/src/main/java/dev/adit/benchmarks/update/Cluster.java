package dev.adit.benchmarks.update;

import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.Positions;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.manifest.Service;
import dev.adit.tls.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The objects of a large cluster: of every number an Ingress, a Service and an EndpointSlice. Each Ingress has hosts of its
 * own and one path on each; some have a TLS section and its own Secret.
 */
final class Cluster {
    private static final int NAMESPACES = 100;
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    private final int hosts;
    private final int tlsEvery;
    private final Map<String, byte[]> pem;

    /**
     * @param hosts how many every Ingress has
     * @param tlsEvery of so many Ingresses, one has TLS
     */
    Cluster(int hosts, int tlsEvery) {
        this.hosts = hosts;
        this.tlsEvery = tlsEvery;
        Identity identity = Identity.selfSigned(
                "one for all",
                List.of("*.example.com"),
                Instant.now().minus(1, ChronoUnit.DAYS),
                Instant.now().plus(1000, ChronoUnit.DAYS));
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(identity.key().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        pem = Map.of(
                "tls.crt",
                identity.chainPem().getBytes(StandardCharsets.US_ASCII),
                "tls.key",
                key.getBytes(StandardCharsets.US_ASCII));
    }

    /** All objects of so many numbers. */
    ResourceSet resources(int count) {
        List<Resource> resources = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            resources.add(ingress(number, 0));
            resources.add(service(number, 0));
            resources.add(slice(number, 0));
            if (hasTls(number)) {
                resources.add(secret(number, 0));
            }
        }
        return ResourceSet.of(resources);
    }

    private boolean hasTls(int number) {
        return number % tlsEvery == 0;
    }

    /** The last number up to {@code number} that has TLS. */
    int withTls(int number) {
        return number / tlsEvery * tlsEvery;
    }

    private static Metadata metadata(
            String kind, int number, Map<String, String> labels, Map<String, String> annotations) {
        return new Metadata(
                "namespace-" + number % NAMESPACES,
                kind + "-" + number,
                FIRST.plusSeconds(number),
                labels,
                annotations,
                Positions.NONE);
    }

    Ingress ingress(int number, int version) {
        List<Ingress.Rule> rules = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            String field = "spec.rules[" + i + "]";
            String host = "host-" + i + "-of-" + number + ".example.com";
            Ingress.Backend backend =
                    new Ingress.ServiceBackend(field + ".http.paths[0].backend", "service-" + number, "", 80);
            rules.add(new Ingress.Rule(
                    field,
                    host,
                    List.of(new Ingress.Path(
                            field + ".http.paths[0]", "/version/" + version, Ingress.PathType.PREFIX, backend))));
            names.add(host);
        }
        List<Ingress.Tls> tls =
                hasTls(number) ? List.of(new Ingress.Tls("spec.tls[0]", names, "secret-" + number)) : List.of();
        Map<String, String> annotations = Map.of("nginx.ingress.kubernetes.io/proxy-read-timeout", "30");
        return new Ingress(metadata("ingress", number, Map.of(), annotations), null, null, tls, rules);
    }

    Service service(int number, int version) {
        return new Service(
                metadata("service", number, Map.of(), Map.of()),
                "ClusterIP",
                "10.0.0.1",
                "",
                List.of(new Service.Port("http", 80, "TCP", 8080 + version, "", "")));
    }

    EndpointSlice slice(int number, int version) {
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < 3 + version % 2; i++) {
            String address = "10." + (number >> 8 & 255) + "." + (number & 255) + "." + (i + 1);
            endpoints.add(new EndpointSlice.Endpoint(List.of(address), true, true, false, "", ""));
        }
        Map<String, String> labels = Map.of(EndpointSlice.SERVICE_LABEL, "service-" + number);
        return new EndpointSlice(
                metadata("slice", number, labels, Map.of()),
                "IPv4",
                endpoints,
                List.of(new EndpointSlice.Port("http", 8080, "TCP", "")));
    }

    Secret secret(int number, int version) {
        Map<String, String> labels = Map.of("version", Integer.toString(version));
        Map<String, byte[]> data = version == 0
                ? pem
                : Map.of(
                        "tls.crt",
                        pem.get("tls.crt"),
                        "tls.key",
                        pem.get("tls.key"),
                        "version",
                        new byte[version % 100]);
        return new Secret(metadata("secret", number, labels, Map.of()), Secret.TLS_TYPE, data);
    }
}
