package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that means harm: it is reported, costs little, and its neighbours are read. */
class HostileInputTest {
    private static final String NEIGHBOUR = "\n---\n" + Texts.ingress("neighbour");

    private static Manifests read(String text) {
        return ManifestReader.strict().read("x.yaml", text);
    }

    private static void refusedAlone(String document, Code code) {
        Manifests manifests = read(document + NEIGHBOUR);
        assertThat(Texts.codes(manifests)).containsExactly(code);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void aliasBombs() {
        String laughs = IntStream.range(1, 9)
                .mapToObj(i -> "a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)))
                .collect(Collectors.joining("", "a0: &a0 [lol]\n", ""));
        refusedAlone(laughs, Code.TOO_COMPLEX);
        // Within the parser's fifty aliases, but seven to the seventh values when they are expanded.
        String quiet = IntStream.range(1, 8)
                .mapToObj(i -> "a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(7)))
                .collect(Collectors.joining("", "a0: &a0 [lol]\n", ""));
        refusedAlone(quiet, Code.TOO_COMPLEX);
        refusedAlone("a: &a\n  <<: *a\n", Code.TOO_COMPLEX);
        refusedAlone("a: &a\n  b: *a\n", Code.TOO_COMPLEX);
    }

    @Test
    void aliasesOfAFileShareOneAllowance() {
        String greedy = "a: &a [" + "x,".repeat(900) + "]\nb: [" + "*a,".repeat(9) + "]\nkind: K\napiVersion: v\n";
        String file = ("---\n" + greedy).repeat(200) + NEIGHBOUR;
        Manifests manifests = read(file);
        assertThat(Texts.codes(manifests)).contains(Code.TOO_COMPLEX).contains(Code.UNSUPPORTED_KIND);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void deepNesting() {
        refusedAlone("a: " + "[".repeat(100_000), Code.TOO_COMPLEX);
        refusedAlone("a: " + "{a: ".repeat(60) + "}".repeat(60), Code.TOO_COMPLEX);
        refusedAlone("{\"a\": " + "[".repeat(100_000), Code.TOO_COMPLEX);
        refusedAlone("- ".repeat(5_000) + "x", Code.TOO_COMPLEX);
    }

    @Test
    void largeDocuments() {
        refusedAlone("a: " + "x".repeat(Limits.DOCUMENT_BYTES), Code.FILE_TOO_LARGE);
        refusedAlone("a: " + "\u00e9".repeat(Limits.DOCUMENT_BYTES / 2), Code.FILE_TOO_LARGE);
        refusedAlone("a: [" + "x,".repeat(Limits.VALUES) + "]", Code.TOO_COMPLEX);
        Manifests large = ManifestReader.strict().read("x.yaml", new byte[Limits.FILE_BYTES + 1]);
        assertThat(Texts.codes(large)).containsExactly(Code.FILE_TOO_LARGE);
    }

    @Test
    void largeScalarsAreRead() {
        String text = "x".repeat(1_000_000);
        Manifests manifests = read("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: " + text + "\n");
        assertThat(((ConfigMap) manifests.resources().get(0)).data()).containsEntry("a", text);
    }

    @Test
    void manyDocuments() {
        Manifests manifests = read("---\na\n".repeat(Limits.DOCUMENTS + 10));
        assertThat(manifests.resources()).isEmpty();
        assertThat(manifests.diagnostics()).hasSize(Limits.DIAGNOSTICS + 1);
        assertThat(manifests.diagnostics().get(Limits.DIAGNOSTICS).message())
                .isEqualTo(Limits.DOCUMENTS - Limits.DIAGNOSTICS + " more findings are not listed.");
    }

    @Test
    void manyFindingsInOneObject() {
        String rules = "  - host: A\n".repeat(50_000);
        Manifests manifests =
                read("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n" + rules
                        + NEIGHBOUR);
        assertThat(manifests.diagnostics()).hasSize(Limits.FINDINGS + 1);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
        String mistyped = "  - host: []\n".repeat(50_000);
        manifests = read("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n"
                + mistyped + NEIGHBOUR);
        assertThat(manifests.diagnostics()).hasSize(Limits.FINDINGS + 1);
    }

    @Test
    void longKeysAboveManyValues() {
        String key = "k".repeat(500_000);
        Manifests manifests = read("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n? " + key + "\n: ["
                + "{a: 1, a: 2},".repeat(10_000) + "]\n");
        assertThat(manifests.resources()).isEmpty();
        assertThat(manifests.diagnostics())
                .allSatisfy(d -> assertThat(d.field().length()).isLessThan(400));
    }

    @Test
    void notText() {
        Manifests binary = ManifestReader.strict().read("x.yaml", new byte[] {0x7f, 'E', 'L', 'F', 1, 0, 0});
        assertThat(Texts.codes(binary)).containsExactly(Code.NOT_TEXT);
        assertThat(binary.diagnostics().get(0).position()).isEqualTo(new SourcePosition("x.yaml", 1, 6));
        byte[] latin = "a: 1\nb: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Manifests invalid = ManifestReader.strict().read("x.yaml", latin);
        assertThat(Texts.codes(invalid)).containsExactly(Code.NOT_TEXT);
        assertThat(invalid.diagnostics().get(0).position()).isEqualTo(new SourcePosition("x.yaml", 2, 4));
        Manifests utf16 = ManifestReader.strict().read("x.yaml", "a: 1".getBytes(StandardCharsets.UTF_16));
        assertThat(Texts.codes(utf16)).containsExactly(Code.NOT_TEXT);
    }

    @Test
    void controlCharactersStandInNoMessage() {
        Manifests manifests = read("a: \u0007\n" + NEIGHBOUR
                + "\n---\napiVersion: v1\nkind: \"Sec\\nret\"\nmetadata: {name: \"a\\r\\nb\"}\n");
        assertThat(Texts.codes(manifests)).containsExactly(Code.SYNTAX, Code.UNSUPPORTED_KIND);
        assertThat(manifests.diagnostics())
                .allSatisfy(
                        d -> assertThat(d.object() + d.field() + d.message()).doesNotContain("\n", "\r", "\u0007"));
    }

    @Test
    void byteOrderMarkIsAllowed() {
        Manifests manifests = read("\uFEFF" + Texts.ingress("marked"));
        assertThat(manifests.diagnostics()).isEmpty();
        assertThat(Texts.names(manifests)).containsExactly("marked");
        assertThat(manifests.resources().get(0).position("apiVersion").column()).isEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "---", "---\n---\n", "...", "# nothing\n", "%YAML 1.1\n---\n", "null", "~\n", "\uFEFF"
            })
    void nothingIsNothing(String text) {
        assertThat(read(text)).isEqualTo(Manifests.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%YAML 9.9\n---\na",
                "!<",
                "&",
                "*",
                "? ",
                ": : :",
                "'",
                "\"\\x",
                "{",
                "}",
                "[",
                "]",
                "@",
                "`",
                "|9",
                ">-+",
                "\t",
                "a:\n\t- b",
                "{\"a\":",
                "{\"a\": 1e}",
                "{\"a\": 'x'}",
                "{a: b}",
                "!!int x: !!bool y",
                "- !!set {a}",
                "\uD800",
                "--- |\n---",
                "%",
                "<<: *x",
                "!!binary x",
                "0x: 0b",
                "-0b: +",
                "._",
                "1__",
                "\u2028a: b"
            })
    void oddTextNeverThrows(String text) {
        Manifests manifests = read(text + NEIGHBOUR);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
        assertThat(manifests.diagnostics())
                .allSatisfy(d -> assertThat(d.severity()).isEqualTo(Severity.ERROR));
    }
}
