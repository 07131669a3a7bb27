package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every case of {@code cases/extra/p-validation.json}: which fields does the API server refuse? */
class ValidationCasesTest {
    private static final String CASES = "/cases/extra/p-validation.json";

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(CASES))) {
            List<JsonNode> cases =
                    JsonMapper.shared().readTree(in).get("cases").valueStream().toList();
            assertThat(cases).hasSize(81);
            return cases.stream().map(c -> DynamicTest.dynamicTest(c.get("name").stringValue(), () -> check(c)));
        }
    }

    private static void check(JsonNode c) {
        String manifest = c.get("manifest").stringValue();
        ManifestReader reader = ManifestReader.strict();
        Manifests read = c.get("operation").stringValue().equals("update")
                ? reader.readUpdate("new.yaml", manifest, c.get("old").stringValue())
                : reader.read("new.yaml", manifest);
        List<Diagnostic> errors = read.diagnostics().stream()
                .filter(d -> d.severity() == Severity.ERROR)
                .toList();
        assertThat(errors).extracting(Diagnostic::field).containsOnlyOnceElementsOf(fields(c));
        assertThat(errors).extracting(Diagnostic::field).isSubsetOf(fields(c));
        assertThat(errors.isEmpty()).isEqualTo(c.get("valid").booleanValue());
        assertThat(errors)
                .allSatisfy(error -> assertThat(error.position().line()).isPositive());
    }

    private static List<String> fields(JsonNode c) {
        JsonNode fields = c.get("fields");
        return fields == null
                ? List.of()
                : fields.valueStream().map(JsonNode::stringValue).toList();
    }
}
