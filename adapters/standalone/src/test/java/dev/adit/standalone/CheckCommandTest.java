package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CheckCommandTest {
    @TempDir
    Path dir;

    @Test
    void nothingToMend() throws IOException {
        write("shop.yaml", ShopFiles.yaml().replaceFirst("  tls:\\R.*\\R.*\\R", ""));
        Cli run = check();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("nothing to mend");
        assertThat(run.exit()).isZero();
        assertThat(check("-o", "json").lines()).containsExactly("[]");
    }

    @Test
    void findingsStandWithFileLineAndColumn() throws IOException {
        Path file = write("bad.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: bad}
                spec:
                  rules:
                  - host: Not_A_Host
                    http:
                      paths:
                      - path: /
                        pathType: Prefix
                        backend:
                          service: {name: x, port: {number: 80}}
                """);
        Cli run = check();
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out())
                .contains(file + ":6:", ": error: ", "Ingress default/bad, spec.rules[0].host", "effect: ");
        assertThat(run.err()).contains("1 error");
    }

    @Test
    void jsonHasExactlyTheAgreedFields() throws IOException {
        Path file = write(
                "bad.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 99999}]}\n");
        Cli run = check("-o", "json");
        assertThat(run.exit()).isEqualTo(1);
        JsonNode all = Json.MAPPER.readTree(run.out());
        assertThat(all.isArray()).isTrue();
        JsonNode first = all.get(0);
        assertThat(first.propertyNames())
                .containsExactly(
                        "severity",
                        "code",
                        "object",
                        "field",
                        "file",
                        "line",
                        "column",
                        "message",
                        "effect",
                        "suggestion");
        assertThat(first.get("severity").stringValue()).isEqualTo("error");
        assertThat(first.get("object").stringValue()).isEqualTo("Service default/s");
        assertThat(first.get("file").stringValue()).isEqualTo(file.toString());
        assertThat(first.get("line").intValue()).isEqualTo(4);
        assertThat(first.get("column").intValue()).isPositive();
    }

    @Test
    void loopbackEndpointsAreErrorsHere() throws IOException {
        write("shop.yaml", ShopFiles.yaml().replace("10.0.0.1", "127.0.0.1"));
        Cli run = check();
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).contains("EndpointSlice shop/front-a");
    }

    @Test
    void brokenFileIsAFindingAndTheOthersAreCheckedToo() throws IOException {
        ShopFiles.write(dir);
        write("broken.yaml", "kind: [\n");
        Cli run = check();
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).contains("broken.yaml:", "[syntax]");
    }

    @Test
    void noManifestIsUnusable() throws IOException {
        write("readme.txt", "hello");
        Cli run = check();
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("no manifests found");
    }

    @Test
    void compilesWithTheSelection() throws IOException {
        write("external.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: x}
                spec: {type: ExternalName, externalName: backend.example, ports: [{port: 80}]}
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: x}
                spec:
                  defaultBackend: {service: {name: x, port: {number: 80}}}
                """);
        Cli refused = check();
        assertThat(refused.out()).contains("[external-name-disabled]");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(check("--option", "disable-svc-external-name=false").out()).doesNotContain("external-name-disabled");
    }

    private Cli check(String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "check";
        args[1] = "-f";
        args[2] = dir.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return Cli.run(args);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(dir.resolve(name), content);
    }
}
