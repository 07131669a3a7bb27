package dev.adit;

import dev.adit.manifest.ConfigMap;
import dev.adit.manifest.EndpointSlice;
import dev.adit.manifest.Ingress;
import dev.adit.manifest.IngressClass;
import dev.adit.manifest.Metadata;
import dev.adit.manifest.ObjectKey;
import dev.adit.manifest.Positions;
import dev.adit.manifest.Resource;
import dev.adit.manifest.ResourceSet;
import dev.adit.manifest.Secret;
import dev.adit.manifest.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Objects of so few names that they are in each other's way all the time, and changes of them. */
final class RandomCluster {
    static final List<String> HOSTS =
            List.of("", "x.test", "y.test", "www.x.test", "*.test", "a.y.test", "*.y.test", "Y.test", "-*-", "z.test");
    static final List<String> PATHS = List.of(
            "", "/", "/a", "/a/", "/a/b", "/%61", "/b.*", "/(", "/(?=x)", "/a(/|$)(.*)", "/" + "/x".repeat(300));
    private static final List<String> NAMESPACES = List.of("one", "two");
    private static final List<String> SERVICES = List.of("s0", "s1", "s2");
    private static final List<String> ANNOTATIONS = List.of(
            "canary=true",
            "canary=true",
            "canary-weight=30",
            "use-regex=true",
            "rewrite-target=/new",
            "server-alias=x.test,z.test",
            "server-alias=z.test,q.test,*.alias.test",
            "from-to-www-redirect=true",
            "app-root=/start",
            "ssl-redirect=false",
            "force-ssl-redirect=true",
            "default-backend=s1",
            "default-backend=nothing",
            "affinity=cookie",
            "load-balance=ewma",
            "backend-protocol=GRPC",
            "backend-protocol=HTTPS",
            "proxy-ssl-secret=one/t0",
            "proxy-ssl-secret=one/t1",
            "permanent-redirect=https://elsewhere.test/",
            "configuration-snippet=x",
            "auth-url=http://x",
            "server-aliaz=x",
            "ssl-prefer-server-ciphers=true",
            "proxy-read-timeout=soon");
    private static final List<String> CLASSES = List.of("adit", "c0", "c1", "nobody");
    private static final List<Secret> CERTIFICATES = List.of(
            TestSecrets.tls("one", "t0", List.of("x.test", "*.y.test")),
            TestSecrets.tls("one", "t0", List.of("*.test")),
            TestSecrets.tls("one", "t0", List.of("y.test", "x.test")));

    private final Random random;

    RandomCluster(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A set that differs from {@code before} in one object, or in nothing. */
    ResourceSet change(ResourceSet before) {
        if (chance(25) && !before.all().isEmpty()) {
            List<Resource> all = List.copyOf(before.all());
            ObjectKey key = any(all).key();
            return before.without(key);
        }
        ResourceSet after = before.with(resource());
        return chance(20) ? ResourceSet.of(after.all()) : after; // equal, but nothing is shared
    }

    private Resource resource() {
        int kind = random.nextInt(100);
        if (kind < 45) {
            return ingress();
        }
        if (kind < 65) {
            return service();
        }
        if (kind < 85) {
            return slice();
        }
        if (kind < 93) {
            return secret();
        }
        return kind < 98 ? ingressClass() : new ConfigMap(metadata("c0", Map.of(), Map.of()), Map.of("k", "v"));
    }

    private Metadata metadata(String name, Map<String, String> labels, Map<String, String> annotations) {
        Instant created = chance(30) ? null : Instant.ofEpochSecond(random.nextInt(3));
        return new Metadata(any(NAMESPACES), name, created, labels, annotations, Positions.NONE);
    }

    private Ingress ingress() {
        Map<String, String> annotations = new LinkedHashMap<>();
        for (int i = chance(40) ? 0 : 1 + random.nextInt(3); i > 0; i--) {
            String[] pair = any(ANNOTATIONS).split("=", 2);
            annotations.put("nginx.ingress.kubernetes.io/" + pair[0], pair[1]);
        }
        if (chance(5)) {
            annotations.put("kubernetes.io/ingress.class", any(CLASSES));
        }
        List<Ingress.Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            rules.add(rule("spec.rules[" + rules.size() + "]"));
        }
        List<Ingress.Tls> tls = new ArrayList<>();
        for (int i = chance(60) ? 0 : 1 + random.nextInt(2); i > 0; i--) {
            List<String> hosts = chance(30)
                    ? List.of()
                    : Arrays.asList(any(HOSTS), any(HOSTS)).stream()
                            .filter(host -> !host.isEmpty())
                            .toList();
            tls.add(new Ingress.Tls("spec.tls[" + tls.size() + "]", hosts, chance(20) ? "" : "t" + random.nextInt(2)));
        }
        return new Ingress(
                metadata("i" + random.nextInt(6), Map.of(), annotations),
                chance(15) ? any(CLASSES) : null,
                chance(25) ? backend("spec.defaultBackend") : null,
                tls,
                rules);
    }

    private Ingress.Rule rule(String field) {
        List<Ingress.Path> paths = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String at = field + ".http.paths[" + paths.size() + "]";
            Ingress.PathType type = any(List.of(Ingress.PathType.values()));
            paths.add(new Ingress.Path(at, any(PATHS), type, backend(at + ".backend")));
        }
        return new Ingress.Rule(field, any(HOSTS), chance(5) ? null : paths);
    }

    private Ingress.Backend backend(String field) {
        if (chance(8)) {
            return new Ingress.ResourceBackend(field, "storage", "Bucket", "b");
        }
        return chance(30)
                ? new Ingress.ServiceBackend(field, any(SERVICES), "http", 0)
                : new Ingress.ServiceBackend(field, any(SERVICES), "", chance(90) ? 80 : 81);
    }

    private Service service() {
        List<Service.Port> ports = new ArrayList<>();
        if (chance(90)) {
            ports.add(new Service.Port("http", 80, "TCP", 8080 + random.nextInt(2), "", chance(20) ? "https" : ""));
        }
        if (chance(30)) {
            ports.add(new Service.Port("other", 81, chance(50) ? "TCP" : "UDP", 8081, "", ""));
        }
        boolean external = chance(10);
        return new Service(
                metadata(any(SERVICES), Map.of("l", "" + random.nextInt(2)), Map.of()),
                external ? "ExternalName" : "ClusterIP",
                "",
                external ? any(List.of("away.test", "localhost")) : "",
                ports);
    }

    private EndpointSlice slice() {
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            String address = "10.0.0." + (1 + random.nextInt(4));
            boolean ready = chance(70);
            endpoints.add(new EndpointSlice.Endpoint(List.of(address), ready, true, !ready, "", ""));
        }
        return new EndpointSlice(
                metadata("e" + random.nextInt(4), Map.of(EndpointSlice.SERVICE_LABEL, any(SERVICES)), Map.of()),
                "IPv4",
                endpoints,
                chance(90) ? List.of(new EndpointSlice.Port("http", 8080, "TCP", "")) : List.of());
    }

    /** Every Secret has a content of its own: of one that is renewed badly, what it was before counts, too. */
    private Secret secret() {
        Metadata metadata = metadata("t" + random.nextInt(2), Map.of(), Map.of());
        int number =
                NAMESPACES.indexOf(metadata.namespace()) * 2 + metadata.name().charAt(1) - '0';
        if (number == CERTIFICATES.size()) {
            return new Secret(metadata, "Opaque", Map.of());
        }
        Map<String, byte[]> data = new LinkedHashMap<>();
        for (String key : List.of("tls.crt", "tls.key")) {
            data.put(key, Objects.requireNonNull(CERTIFICATES.get(number).get(key)));
        }
        return new Secret(metadata, Secret.TLS_TYPE, data);
    }

    private IngressClass ingressClass() {
        Map<String, String> annotations = chance(50) ? Map.of(IngressClass.DEFAULT_CLASS_ANNOTATION, "true") : Map.of();
        Metadata metadata = new Metadata(
                "",
                "c" + random.nextInt(2),
                Instant.ofEpochSecond(random.nextInt(3)),
                Map.of(),
                annotations,
                Positions.NONE);
        return new IngressClass(metadata, chance(70) ? "adit.dev/ingress-controller" : "other.test/x", null);
    }
}
