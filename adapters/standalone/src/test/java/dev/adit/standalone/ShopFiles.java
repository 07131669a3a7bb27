package dev.adit.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Manifests for tests, written into a folder. */
final class ShopFiles {
    private ShopFiles() {}

    /** The shop, without the Secret it names. */
    static String yaml() {
        try (InputStream in = Objects.requireNonNull(ShopFiles.class.getResourceAsStream("/shop.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the shop and its Secret. */
    static Path write(Path folder) throws IOException {
        Files.writeString(folder.resolve("shop.yaml"), yaml());
        Files.writeString(
                folder.resolve("secret.yaml"),
                GeneratedCertificates.secret(
                        "shop", "secure-tls", GeneratedCertificates.covering("test", "secure.example")));
        return folder;
    }
}
