package dev.adit.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.Gateway;
import dev.adit.manifest.ManifestReader;
import dev.adit.tls.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;

/**
 * What {@code /routes} shows of {@code routes.yaml}, beside it. {@code -Dgolden.update=true} writes it anew: read the difference before
 * committing it.
 */
class TableViewTest {
    private static final Path FOLDER = Path.of("src/test/resources");

    private static final Identity IDENTITY =
            Identity.selfSigned("authority", List.of("web.test"), Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));

    @Test
    void showsTheTableAndHowTlsIsSpokenToEndpoints() throws IOException {
        String secret = GeneratedCertificates.secret("shop", "web-tls", IDENTITY)
                .replace("data:\n", "data:\n  ca.crt: " + base64(IDENTITY.chainPem()) + "\n");
        Gateway gateway = Gateway.builder()
                .resources(ManifestReader.strict()
                        .read("routes.yaml", Files.readString(FOLDER.resolve("routes.yaml")) + "---\n" + secret)
                        .resourceSet())
                .build();
        String actual = Json.MAPPER
                        .rebuild()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(TableView.of(gateway.table()))
                        .replace("\r\n", "\n")
                + "\n";
        Path golden = FOLDER.resolve("routes.json");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(golden));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
