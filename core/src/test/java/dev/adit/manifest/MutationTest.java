package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Damaged manifests are read or reported, never thrown at the caller, and cost no other document. */
class MutationTest {
    private static final String MANIFEST = Texts.ingress("a") + """
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: s, labels: &l {app: "x"}}
            type: kubernetes.io/tls
            data: {tls.crt: QQ==, tls.key: QQ==}
            ---
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "e"}, "addressType": "IPv4",
             "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": true}}], "ports": [{"port": 80}]}
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata: {name: v}
              spec: {ports: [{port: 80}]}
            """;

    @Property(tries = 200)
    void damagedBytesAreReadOrReported(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int edits) {
        byte[] content = damageBytes(MANIFEST.getBytes(StandardCharsets.UTF_8), edits, new Random(seed));
        for (ManifestReader reader : List.of(ManifestReader.strict(), ManifestReader.lenient())) {
            check(reader.read("x", content));
            check(reader.readUpdate("x", MANIFEST, new String(content, StandardCharsets.UTF_8)));
        }
    }

    @Property(tries = 200)
    void damagedLinesAreReadOrReported(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int edits) {
        check(ManifestReader.strict().read("x", damageLines(MANIFEST, edits, new Random(seed))));
    }

    @Property(tries = 200)
    void damageStaysInItsDocument(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int edits) {
        String damaged = damageLines(Texts.ingress("damaged"), edits, new Random(seed));
        String text = Texts.ingress("before") + "---\n" + damaged + "\n---\n" + Texts.ingress("after");
        assertThat(Texts.names(ManifestReader.strict().read("x", text))).contains("before", "after");
    }

    private static void check(Manifests manifests) {
        manifests
                .diagnostics()
                .forEach(d -> assertThat(d.message()).isNotEmpty().doesNotContain("\n"));
        manifests.resources().forEach(r -> {
            assertThat(r.metadata().name()).isNotEmpty();
            assertThat(r.position("").line()).isPositive();
        });
    }

    private static byte[] damageBytes(byte[] content, int edits, Random random) {
        byte[] bytes = content;
        for (int i = 0; i < edits && bytes.length > 0; i++) {
            int from = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, from + 1 + random.nextInt(8));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, from);
            switch (random.nextInt(4)) {
                case 0 -> {}
                case 1 -> {
                    out.write(bytes, from, to - from);
                    out.write(bytes, from, to - from);
                }
                case 2 -> out.writeBytes(flipped(Arrays.copyOfRange(bytes, from, to), random));
                default ->
                    out.writeBytes("-:{}[]&*!|>'\"%@`#,\n\t "
                            .substring(random.nextInt(22))
                            .getBytes(StandardCharsets.UTF_8));
            }
            out.write(bytes, to, bytes.length - to);
            bytes = out.toByteArray();
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private static String damageLines(String text, int edits, Random random) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        for (int i = 0; i < edits && !lines.isEmpty(); i++) {
            int line = random.nextInt(lines.size());
            switch (random.nextInt(5)) {
                case 0 -> lines.remove(line);
                case 1 -> lines.add(line, lines.get(random.nextInt(lines.size())));
                case 2 ->
                    lines.set(
                            line,
                            " ".repeat(random.nextInt(4)) + lines.get(line).strip());
                case 3 ->
                    lines.set(
                            line,
                            lines.get(line)
                                    .substring(0, random.nextInt(lines.get(line).length() + 1)));
                default -> lines.set(line, lines.get(line) + "\"'[{&*".charAt(random.nextInt(6)));
            }
        }
        return String.join("\n", lines);
    }
}
