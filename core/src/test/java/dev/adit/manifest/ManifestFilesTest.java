package dev.adit.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.diagnostic.Code;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFilesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void neighbour() throws IOException {
        write("z-neighbour.yaml", Texts.ingress("neighbour"));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Manifests read() {
        return ManifestReader.strict().read(List.of(folder));
    }

    @Test
    void readsFoldersInTheOrderOfPaths() throws IOException {
        write("b.yml", Texts.ingress("b"));
        write("a/z.yaml", Texts.ingress("az"));
        write("c.json", "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"c\"}}");
        write("notes.txt", "not: [read");
        write(".hidden.yaml", "not: [read");
        write(".git/config.yaml", "not: [read");
        Manifests manifests = read();
        assertThat(manifests.diagnostics()).isEmpty();
        assertThat(Texts.names(manifests)).containsExactly("az", "b", "c", "neighbour");
        assertThat(manifests.resources().get(0).position("").source())
                .isEqualTo(folder.resolve("a/z.yaml").toString());
    }

    @Test
    void readsMountedConfigMapsOnce() throws IOException {
        write("..2024_05_01/shop.yaml", Texts.ingress("shop"));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2024_05_01"));
        Files.createSymbolicLink(folder.resolve("shop.yaml"), Path.of("..data", "shop.yaml"));
        Manifests manifests = read();
        assertThat(manifests.diagnostics()).isEmpty();
        assertThat(Texts.names(manifests)).containsExactly("shop", "neighbour");
    }

    @Test
    void linksInCirclesEnd() throws IOException {
        Files.createSymbolicLink(folder.resolve("self"), folder);
        Files.createDirectories(folder.resolve("a"));
        Files.createSymbolicLink(folder.resolve("a/up"), folder);
        Manifests manifests = read();
        assertThat(manifests.diagnostics()).isEmpty();
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void foldersNestedTooDeepAreReported() throws IOException {
        write("d/".repeat(Limits.FOLDER_DEPTH) + "x.yaml", Texts.ingress("deep"));
        Manifests manifests = read();
        assertThat(Texts.codes(manifests)).containsExactly(Code.TOO_COMPLEX);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void whatCannotBeReadIsReported() throws IOException {
        Files.createSymbolicLink(folder.resolve("dangling.yaml"), Path.of("nowhere"));
        Path missing = folder.resolve("missing.yaml");
        Manifests manifests = ManifestReader.strict().read(List.of(missing, folder));
        assertThat(manifests.diagnostics())
                .extracting(d -> d.position().source(), d -> d.code(), d -> d.message())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                missing.toString(), Code.FILE_UNREADABLE, "The file or folder does not exist."),
                        org.assertj.core.groups.Tuple.tuple(
                                folder.resolve("dangling.yaml").toString(),
                                Code.FILE_UNREADABLE,
                                "The file or folder does not exist."));
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void hugeAndBinaryFilesCostNoOther() throws IOException {
        try (RandomAccessFile huge =
                new RandomAccessFile(folder.resolve("a.yaml").toFile(), "rw")) {
            huge.setLength(50L << 20);
        }
        Files.write(folder.resolve("b.yaml"), new byte[] {1, 0, (byte) 0xff});
        Manifests manifests = read();
        assertThat(Texts.codes(manifests)).containsExactly(Code.FILE_TOO_LARGE, Code.NOT_TEXT);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void filesThatNameNoSizeAreBoundedToo() {
        Manifests manifests = ManifestReader.strict().read(List.of(Path.of("/dev/zero"), folder));
        assertThat(Texts.codes(manifests)).containsExactly(Code.FILE_TOO_LARGE);
        assertThat(Texts.names(manifests)).containsExactly("neighbour");
    }

    @Test
    void objectsWrittenTwiceAreReportedAcrossFiles() throws IOException {
        Path again = write("zz.yaml", Texts.ingress("neighbour").replace("/cart", "/basket"));
        Manifests manifests = read();
        assertThat(manifests.diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.code()).isEqualTo(Code.DUPLICATE_OBJECT))
                .satisfies(d -> assertThat(d.message())
                        .contains(folder.resolve("z-neighbour.yaml") + ":1:1")
                        .contains(again + ":1:1"));
        Ingress last = manifests.resourceSet().get(Ingress.class, "shop", "neighbour");
        assertThat(last).isNotNull();
        assertThat(last.rules().get(0).paths()).extracting(Ingress.Path::path).contains("/basket");
    }
}
