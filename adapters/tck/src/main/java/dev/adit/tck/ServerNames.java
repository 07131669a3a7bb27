package dev.adit.tck;

import dev.adit.Gateway;
import dev.adit.manifest.ManifestReader;
import dev.adit.tls.Identity;
import java.security.cert.Certificate;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Many names, each with a certificate of its own, every tenth a wildcard: each must be shown its own. The system property
 * {@code tck.names} says how many there are.
 */
final class ServerNames {
    /** What {@code tck.case} is compared with. */
    static final String NAME = "Server names: each is shown its own certificate";

    private static final int NAMES = Integer.getInteger("tck.names", 100);

    private ServerNames() {}

    static void run(Subject.Starter starter) throws Exception {
        List<Identity> identities = IntStream.range(0, NAMES)
                .mapToObj(i -> Handshakes.identity((i % 10 == 9 ? "*.n" : "n") + i + ".test"))
                .toList();
        StringBuilder ingress = new StringBuilder("""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web, namespace: shop}
                spec:
                  defaultBackend: {service: {name: web, port: {number: 80}}}
                  tls:
                """);
        StringBuilder secrets = new StringBuilder();
        for (int i = 0; i < NAMES; i++) {
            ingress.append("  - {hosts: [\"%s\"], secretName: n%d}\n"
                    .formatted(identities.get(i).label(), i));
            secrets.append(Handshakes.secret("n" + i, identities.get(i)));
        }
        Gateway gateway = Gateway.builder()
                .resources(ManifestReader.strict()
                        .read("names.yaml", ingress.append(secrets).toString())
                        .resourceSet())
                .build();
        RunningTransport transport = starter.start(gateway, TckOptions.DEFAULT);
        try {
            for (int i = 0; i < NAMES; i++) {
                String name = identities.get(i).label().replace("*", "any");
                Certificate shown = Handshakes.shown(transport.httpsPort(), i, name);
                if (!shown.equals(identities.get(i).chain().get(0))) {
                    throw new AssertionError(name + " was shown " + shown);
                }
            }
        } finally {
            transport.close();
        }
    }
}
