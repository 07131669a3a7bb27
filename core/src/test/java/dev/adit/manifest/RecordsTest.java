package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each kind becomes, from YAML and from JSON. */
class RecordsTest {
    private static final String YAML = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: i
              creationTimestamp: 2024-05-01T10:00:00+02:00
              labels: {app: shop}
              annotations: {b: "1", a: "2"}
            spec:
              ingressClassName: nginx
              defaultBackend: {resource: {apiGroup: g.io, kind: K, name: n}}
              tls:
              - hosts: [a.test, '*.a.test']
                secretName: t
              rules:
              - http:
                  paths:
                  - {pathType: ImplementationSpecific, backend: {service: {name: s, port: {name: http}}}}
              - {host: a.test, http: null}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: c, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
            spec: {controller: a.io/b, parameters: {kind: K, name: n, scope: Namespace, namespace: x}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: s, namespace: x}
            spec:
              clusterIP: None
              externalName: ignored.test
              ports:
              - {port: 80, targetPort: 8080.0}
              - {name: b, port: 0x51, targetPort: web, protocol: UDP, appProtocol: https}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
            addressType: IPv4
            ports: [{}, {name: p, port: 8080, appProtocol: kubernetes.io/h2c}]
            endpoints:
            - addresses: [10.0.0.1, 10.0.0.2]
              conditions: {ready: true, serving: no}
              targetRef: {kind: Pod, uid: u-1}
              zone: z
            - addresses: [10.0.0.3]
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: t}
            type: kubernetes.io/tls
            data: {tls.crt: "QQ==\\n", tls.key: Qg==}
            stringData: {tls.key: C}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: m}
            data: {a: "/ \\" \\U0001F600", n: }
            """;
    private static final String JSON = """
            {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            \t"metadata": {"name": "i", "creationTimestamp": "2024-05-01T08:00:00Z", "labels": {"app": "shop"},
            \t\t"annotations": {"b": "1", "a": "2"}},
            \t"spec": {"ingressClassName": "nginx",
            \t\t"defaultBackend": {"resource": {"apiGroup": "g.io", "kind": "K", "name": "n"}},
            \t\t"tls": [{"hosts": ["a.test", "*.a.test"], "secretName": "t"}],
            \t\t"rules": [{"http": {"paths": [{"pathType": "ImplementationSpecific",
            \t\t\t"backend": {"service": {"name": "s", "port": {"name": "http"}}}}]}}, {"host": "a.test", "http": null}]}}
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "c",
                "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
               "spec": {"controller": "a.io/b",
                "parameters": {"kind": "K", "name": "n", "scope": "Namespace", "namespace": "x"}}},
              {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "x"},
               "spec": {"clusterIP": "None", "externalName": "ignored.test", "ports": [{"port": 80, "targetPort": 8080},
                {"name": "b", "port": 81, "targetPort": "web", "protocol": "UDP", "appProtocol": "https"}]}},
              {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
               "metadata": {"name": "s-1", "labels": {"kubernetes.io/service-name": "s"}}, "addressType": "IPv4",
               "ports": [{}, {"name": "p", "port": 8080, "appProtocol": "kubernetes.io/h2c"}],
               "endpoints": [{"addresses": ["10.0.0.1", "10.0.0.2"], "conditions": {"ready": true, "serving": false},
                "targetRef": {"kind": "Pod", "uid": "u-1"}, "zone": "z"}, {"addresses": ["10.0.0.3"]}]},
              {"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "t"},
               "type": "kubernetes.io/tls", "data": {"tls.crt": "QQ==", "tls.key": "Qg=="}, "stringData": {"tls.key": "C"}}]},
              {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"},
               "data": {"a": "\\/ \\" \\ud83d\\ude00", "n": null}}]}
            """;

    private static List<Resource> read(String text) {
        Manifests manifests = ManifestReader.strict().read("x", text);
        assertThat(manifests.diagnostics()).isEmpty();
        return manifests.resources();
    }

    @Test
    void yamlAndJsonMeanTheSame() {
        assertThat(read(JSON))
                .usingRecursiveComparison()
                .ignoringFieldsOfTypes(Positions.class)
                .isEqualTo(read(YAML));
    }

    @Test
    void jsonHasPositionsToo() {
        List<Resource> resources = read(JSON);
        assertThat(resources.get(0).position("spec.rules[0].http.paths[0].pathType"))
                .hasToString("x:7:46");
        assertThat(resources.get(2).position("spec.ports[1].name")).hasToString("x:16:14");
    }

    @Test
    void ingress() {
        Ingress ingress = (Ingress) read(YAML).get(0);
        assertThat(ingress.metadata().path()).isEqualTo("default/i");
        assertThat(ingress.metadata().creationTimestamp()).isEqualTo(Instant.parse("2024-05-01T08:00:00Z"));
        assertThat(ingress.metadata().annotations()).containsExactly(Map.entry("b", "1"), Map.entry("a", "2"));
        assertThat(ingress.ingressClassName()).isEqualTo("nginx");
        assertThat(ingress.defaultBackend())
                .isEqualTo(new Ingress.ResourceBackend("spec.defaultBackend", "g.io", "K", "n"));
        assertThat(ingress.tls()).containsExactly(new Ingress.Tls("spec.tls[0]", List.of("a.test", "*.a.test"), "t"));
        Ingress.Backend service = new Ingress.ServiceBackend("spec.rules[0].http.paths[0].backend", "s", "http", 0);
        Ingress.Path path =
                new Ingress.Path("spec.rules[0].http.paths[0]", "", Ingress.PathType.IMPLEMENTATION_SPECIFIC, service);
        assertThat(ingress.rules())
                .containsExactly(
                        new Ingress.Rule("spec.rules[0]", "", List.of(path)),
                        new Ingress.Rule("spec.rules[1]", "a.test", null));
    }

    @Test
    void otherKinds() {
        List<Resource> resources = read(YAML);
        IngressClass c = (IngressClass) resources.get(1);
        assertThat(c.isDefault()).isTrue();
        assertThat(c.key()).hasToString("IngressClass c");
        assertThat(c.parameters()).isEqualTo(new IngressClass.Parameters("", "K", "n", "Namespace", "x"));
        Service service = (Service) resources.get(2);
        assertThat(service.type()).isEqualTo("ClusterIP");
        assertThat(service.externalName()).isEmpty();
        assertThat(service.ports())
                .containsExactly(
                        new Service.Port("", 80, "TCP", 8080, "", ""),
                        new Service.Port("b", 81, "UDP", 0, "web", "https"));
        EndpointSlice slice = (EndpointSlice) resources.get(3);
        assertThat(slice.serviceName()).isEqualTo("s");
        assertThat(slice.ports())
                .containsExactly(
                        new EndpointSlice.Port("", null, "TCP", ""),
                        new EndpointSlice.Port("p", 8080, "TCP", "kubernetes.io/h2c"));
        assertThat(slice.endpoints())
                .containsExactly(
                        new EndpointSlice.Endpoint(List.of("10.0.0.1", "10.0.0.2"), true, false, null, "u-1", "z"),
                        new EndpointSlice.Endpoint(List.of("10.0.0.3"), null, null, null, "", ""));
    }

    @Test
    void secretsAreDecodedAndKeptQuiet() {
        Secret secret = (Secret) read(YAML).get(4);
        assertThat(secret.get("tls.crt")).asString().isEqualTo("A");
        assertThat(secret.get("tls.key")).asString().isEqualTo("C");
        assertThat(secret.get("other")).isNull();
        assertThat(secret).hasToString("Secret default/t [tls.crt, tls.key]");
    }

    @Test
    void secretsStandInNoDiagnostic() {
        String secret = """
                apiVersion: v1
                kind: Secret
                metadata: {name: s}
                type: kubernetes.io/tls
                data:
                  tls.key: %s
                """;
        for (String value : List.of(
                "hunter2!",
                "271828182",
                "[hunter2]",
                "{hunter2: x}",
                "yes",
                "\"hunter2",
                "*hunter2x",
                "!hunter2!x y",
                "\"\\hunter2\"")) {
            Manifests manifests = ManifestReader.strict().read("s.yaml", secret.formatted(value));
            assertThat(manifests.resources()).isEmpty();
            assertThat(manifests.diagnostics())
                    .isNotEmpty()
                    .allSatisfy(d -> assertThat(d.toString()).doesNotContain("hunter2", "271828182"));
        }
        String json = "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"data\": {\"tls.key\": hunter2hunter2}]";
        assertThat(ManifestReader.strict().read("s.json", json).diagnostics())
                .isNotEmpty()
                .allSatisfy(d -> assertThat(d.toString()).doesNotContain("hunter2"));
    }
}
