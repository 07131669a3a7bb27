package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.SourcePosition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.nodes.NodeId;

class YamlScalarsTest {
    @ParameterizedTest
    @CsvSource({
        "80, INTEGER, 80",
        "-7, INTEGER, -7",
        "+7, INTEGER, 7",
        "0644, INTEGER, 420",
        "0o17, INTEGER, 15",
        "0x1F, INTEGER, 31",
        "0b101, INTEGER, 5",
        "1_000, INTEGER, 1000",
        "99999999999999999999, INTEGER, 99999999999999999999",
        "08, FLOAT, 08",
        "1.5, FLOAT, 1.5",
        "1e3, FLOAT, 1e3",
        ".5, FLOAT, .5",
        "-.inf, FLOAT, -.inf",
        ".NaN, FLOAT, .NaN",
        "yes, BOOLEAN, true",
        "Off, BOOLEAN, false",
        "TRUE, BOOLEAN, true",
        "~, NULL, ''",
        "Null, NULL, ''",
        "'', NULL, ''",
        "yEs, TEXT, yEs",
        "y, TEXT, y",
        "N, TEXT, N",
        "1:30, TEXT, 1:30",
        "2024-05-01, TEXT, 2024-05-01",
        "2024-05-01T10:00:00Z, TEXT, 2024-05-01T10:00:00Z",
        "1.2.3, TEXT, 1.2.3",
        "0x, TEXT, 0x",
        "-, TEXT, -",
        "--1, TEXT, --1",
        "1k, TEXT, 1k",
    })
    void unquotedScalarsAreTyped(String text, Value.Type type, String canonical) {
        YamlScalars scalars = new YamlScalars();
        Value.Scalar scalar =
                YamlScalars.scalar(SourcePosition.UNKNOWN, scalars.resolve(NodeId.scalar, text, true), text);
        assertThat(scalar.type()).isEqualTo(type);
        assertThat(scalar.text()).isEqualTo(canonical);
        Value.Scalar quoted =
                YamlScalars.scalar(SourcePosition.UNKNOWN, scalars.resolve(NodeId.scalar, text, false), text);
        assertThat(quoted.type()).isEqualTo(Value.Type.TEXT);
        assertThat(quoted.text()).isEqualTo(text);
    }
}
