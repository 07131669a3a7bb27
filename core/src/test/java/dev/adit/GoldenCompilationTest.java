package dev.adit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.policy.BodyLimit;
import dev.adit.policy.Settings;
import dev.adit.route.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests beside what they compile to: {@code x.yaml} and {@code x.txt}. A first line {@code # settings: key=value ...}
 * sets options. {@code -Dgolden.update=true} writes the text files anew: read the difference before committing it.
 */
class GoldenCompilationTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden/compile");

    static Stream<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> list =
                    files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
            assertThat(list).isNotEmpty();
            return list.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void compilesTo(Path yaml) throws IOException {
        String text = Files.readString(yaml);
        Manifests manifests = ManifestReader.strict().read(yaml.getFileName().toString(), text);
        Compilation compilation = Gateway.builder()
                .settings(settings(text))
                .resources(manifests.resourceSet())
                .build()
                .compilation();

        String actual = print(manifests, compilation);

        Path golden = Path.of(yaml.toString().replace(".yaml", ".txt"));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(golden));
    }

    private static Settings settings(String text) {
        Settings settings = Settings.DEFAULT;
        if (text.startsWith("# settings: ")) {
            Map<String, String> options = new HashMap<>();
            for (String option :
                    text.lines().findFirst().orElseThrow().substring(12).split(" ")) {
                String[] pair = option.split("=", 2);
                if (pair[0].equals("profile")) {
                    settings =
                            settings.withProfile(Settings.Profile.valueOf(pair[1].toUpperCase(java.util.Locale.ROOT)));
                } else {
                    options.put(pair[0], pair[1]);
                }
            }
            settings = settings.with(options);
        }
        return settings;
    }

    private static String print(Manifests manifests, Compilation compilation) {
        StringBuilder out = new StringBuilder("served: ").append(compilation.served());
        out.append("\n\nroutes\n");
        compilation.table().routes().forEach(route -> out.append(print(route)));
        out.append("\ndiagnostics\n");
        manifests.diagnostics().forEach(d -> out.append(print(d)));
        compilation.diagnostics().forEach(d -> out.append(print(d)));
        return out.toString();
    }

    private static String print(Route r) {
        StringBuilder out = new StringBuilder();
        Route.Rule rule = r.rule();
        out.append(rule == null ? "  (no rule)" : "  " + (rule.host().isEmpty() ? "*" : rule.host()));
        out.append(rule == null ? "" : " " + rule.pathType() + " " + rule.path());
        out.append(" of ").append(r.ingress()).append(" -> ").append(r.backend().id());
        out.append(" ").append(r.backend().protocol());
        out.append(
                r.backend().pool() == null
                        ? " (" + r.backend().missingStatus() + " " + r.backend().missing() + ")"
                        : " " + r.backend().pool().endpoints());
        if (r.backend().fallback() != null) {
            out.append(" else ")
                    .append(r.backend().fallback().id())
                    .append(" ")
                    .append(r.backend().fallback().protocol());
        }
        append(
                out,
                r.policies().canary() == null
                        ? null
                        : r.policies().canary().when() + " -> "
                                + r.policies().canary().backend().id());
        append(
                out,
                r.policies().bodyLimit().equals(BodyLimit.NONE)
                        ? null
                        : r.policies().bodyLimit());
        append(out, r.policies().passthrough() ? "TLS passed through" : null);
        append(out, r.policies().redirect());
        append(out, r.policies().httpsRedirect());
        append(out, r.policies().rewrite());
        return out.append('\n').toString();
    }

    private static void append(StringBuilder out, Object policy) {
        if (policy != null) {
            out.append("\n      ").append(policy);
        }
    }

    private static String print(Diagnostic d) {
        return "  " + d.position() + " " + d.severity() + " " + d.code().text() + " ("
                + d.effect().text() + ") "
                + d.object() + " " + d.field() + "\n      " + d.message()
                + (d.suggestion().isEmpty() ? "" : "\n      " + d.suggestion()) + "\n";
    }
}
