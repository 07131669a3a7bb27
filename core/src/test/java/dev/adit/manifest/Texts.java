package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import java.util.List;

/** Manifests for tests. */
final class Texts {
    private Texts() {}

    static String ingress(String name) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: %s
                  namespace: shop
                  annotations:
                    nginx.ingress.kubernetes.io/ssl-redirect: "false"
                spec:
                  ingressClassName: nginx
                  rules:
                  - host: %s.example.com
                    http:
                      paths:
                      - path: /cart
                        pathType: Prefix
                        backend:
                          service: {name: cart, port: {number: 80}}
                      - path: /
                        pathType: Exact
                        backend:
                          service: {name: web, port: {name: http}}
                """.formatted(name, name);
    }

    static List<Code> codes(Manifests manifests) {
        return manifests.diagnostics().stream().map(d -> d.code()).toList();
    }

    static List<String> names(Manifests manifests) {
        return manifests.resources().stream().map(r -> r.metadata().name()).toList();
    }
}
