package dev.adit.tck;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Severity;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.ResourceSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The manifests of cases: a few that have names, and the endpoints that belong to every one. */
final class Manifest {
    private static final String SERVICE = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s, namespace: shop}
            spec:
              ports: [{name: http, port: 80, targetPort: 8080}]
            """;
    private static final String INGRESS = """
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: %1$s, namespace: shop%2$s}
            spec:
              rules:
              - %3$shttp:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: %4$s, port: {number: 80}}}}
            """;
    private static final String SLICE = """
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: %1$s-%2$d, namespace: shop, labels: {kubernetes.io/service-name: %1$s}}
            addressType: IPv4
            ports: [{name: http, port: %3$d}]
            endpoints: [%4$s]
            """;

    /** The Service of cases. */
    static final String SERVED = "web";

    /** The host that {@link Neighbour} answers for. */
    static final String NEIGHBOUR = "neighbour.test";

    private static final String PASSTHROUGH = "nginx.ingress.kubernetes.io/ssl-passthrough: \"true\"";

    private static final String ASKS = "nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients";

    /** What the names of manifests begin with whose endpoints are spoken to over TLS. */
    private static final String SECURE = "https";

    private static final String HTTP_2 = "nginx.ingress.kubernetes.io/backend-protocol: GRPC";

    private static final String ASKING = "asking";

    private static final String ONE = SERVICE.formatted("web") + ingress("web", "", "a.test", "web");

    /** One host, plain, with the default certificate, and with suites that this cannot use in TLS 1.2; any host; annotations that redirect; a rule without its Service; upstreams that speak HTTP/2; hosts whose TLS is passed through, and one below whose is not; hosts whose TLS one Ingress has passed through while another asks clients for certificates. */
    private static final Map<String, String> NAMED = Map.of(
            "one",
            ONE,
            "tls",
            ONE.replace("  rules:\n", "  tls: [{hosts: [a.test]}]\n  rules:\n"),
            "ciphers",
            SERVICE.formatted("web")
                    + ingress(
                            "web",
                            "nginx.ingress.kubernetes.io/ssl-ciphers: ECDHE-RSA-AES128-GCM-SHA256",
                            "a.test",
                            "web"),
            "any-host",
            ONE + ingress("any", "", "", "web"),
            "redirect",
            ONE
                    + ingress(
                            "moved",
                            "nginx.ingress.kubernetes.io/permanent-redirect: \"https://elsewhere.test/new\"",
                            "moved.test",
                            "web"),
            "https-redirect",
            SERVICE.formatted("web")
                    + ingress("web", "nginx.ingress.kubernetes.io/force-ssl-redirect: \"true\"", "a.test", "web"),
            "h2c",
            SERVICE.formatted("web") + ingress("web", HTTP_2, "a.test", "web"),
            "passthrough",
            SERVICE.formatted("web")
                    + ingress("web", PASSTHROUGH, "a.test", "web")
                    + ingress("below", PASSTHROUGH, "\"*.p.test\"", "web")
                    + ingress("ended", "", "ended.p.test", "web"),
            "passthrough-or-asking",
            SERVICE.formatted("web")
                    + ingress("a-asks", ASKS, "a.test", "web")
                    + ingress("b-through", PASSTHROUGH, "a.test", "web")
                    + ingress("c-refused", ASKS + ", " + PASSTHROUGH.replace("true", "maybe"), "b.test", "web")
                    + ingress("d-through", PASSTHROUGH, "b.test", "web")
                    + ingress("e-through", PASSTHROUGH, "c.test", "web")
                    + ingress("f-asks", ASKS, "c.test", "web"),
            "no-service",
            ingress("web", "", "a.test", "web"));

    private Manifest() {}

    /** {@code one} with annotations of nginx. */
    static String annotated(Map<String, String> annotations) {
        String all = annotations.entrySet().stream()
                .map(one -> "nginx.ingress.kubernetes.io/" + one.getKey() + ": \"" + one.getValue() + "\"")
                .collect(Collectors.joining(", "));
        return SERVICE.formatted("web") + ingress("web", all, "a.test", "web");
    }

    /** The manifest that cases call {@code name}; {@code asking}, with annotations behind it if need be. */
    static String named(String name) {
        if (name.equals(SECURE) || name.startsWith(SECURE + "+")) {
            return secure(name.substring(SECURE.length()));
        }
        if (name.equals(ASKING) || name.startsWith(ASKING + " ")) {
            return asking(name.substring(ASKING.length()).strip());
        }
        String manifest = NAMED.get(name);
        if (manifest == null) {
            throw new IllegalArgumentException("no such manifest: " + name);
        }
        return manifest;
    }

    /**
     * @param words {@code name=value} for an annotation {@code proxy-ssl-name}, {@code grpcs}, or {@code b}: another Ingress, for b.test, on the
     *     same Service, that trusts everybody; each after a plus sign
     */
    private static String secure(String words) {
        String prefix = "nginx.ingress.kubernetes.io/";
        String unverified = prefix + "backend-protocol: HTTPS";
        StringBuilder annotations =
                new StringBuilder(words.contains("+grpcs") ? prefix + "backend-protocol: GRPCS" : unverified);
        for (String word : words.split("\\+")) {
            if (word.contains("=")) {
                String[] pair = word.split("=", 2);
                String value = pair[0].equals("secret") ? "shop/" + pair[1] : pair[1];
                annotations.append(", %sproxy-ssl-%s: \"%s\"".formatted(prefix, pair[0], value));
            }
        }
        String ingresses = ingress("web", annotations.toString(), "a.test", SERVED);
        return SERVICE.formatted(SERVED)
                + (words.endsWith("+b") ? ingresses + ingress("any", unverified, "b.test", SERVED) : ingresses);
    }

    /** A host whose clients must show a certificate, and one whose clients need not. */
    private static String asking(String annotation) {
        String prefix = "nginx.ingress.kubernetes.io/";
        String secret = annotation.startsWith("auth-tls-secret") ? "" : prefix + "auth-tls-secret: shop/clients, ";
        return SERVICE.formatted("web")
                + ingress("web", annotation.isEmpty() ? secret : secret + prefix + annotation, "a.test", "web")
                + ingress("free", "", "b.test", "web");
    }

    private static String slice(String service, int number, Listing endpoint) {
        return SLICE.formatted(service, number, endpoint.port(), endpoint.yaml());
    }

    private static String ingress(String name, String annotation, String host, String service) {
        return INGRESS.formatted(
                name,
                annotation.isEmpty() ? "" : ", annotations: {" + annotation + "}",
                host.isEmpty() ? "" : "host: " + host + "\n    ",
                service);
    }

    /**
     * The resources of a case whose Service {@code web} has these {@code endpoints}, and the neighbour one on another port.
     */
    static ResourceSet resources(String yaml, List<Listing> endpoints, int neighbour) {
        StringBuilder text = new StringBuilder(yaml);
        for (int i = 0; i < endpoints.size(); i++) {
            text.append(slice("web", i, endpoints.get(i)));
        }
        text.append(SecureEndpoints.SECRETS).append(neighbour("", neighbour));
        if (yaml.contains("auth-tls-secret")) {
            text.append(ClientCertificates.secrets());
        }
        return read(text.toString());
    }

    /** Nothing but the neighbour, on {@code port}; with HTTP/2 or without. */
    static ResourceSet ofNeighbour(int port, boolean http2) {
        return read(neighbour(http2 ? HTTP_2 : "", port));
    }

    private static String neighbour(String annotation, int port) {
        return SERVICE.formatted("neighbour")
                + ingress("neighbour", annotation, NEIGHBOUR, "neighbour")
                + slice("neighbour", 0, Listing.ready(port));
    }

    private static ResourceSet read(String text) {
        Manifests read = ManifestReader.strict().read("case.yaml", text);
        for (Diagnostic diagnostic : read.diagnostics()) {
            if (diagnostic.severity() == Severity.ERROR && !diagnostic.message().contains("loopback")) {
                throw new IllegalArgumentException("the manifest of the case: " + diagnostic + "\n" + text);
            }
        }
        return read.resourceSet();
    }
}
