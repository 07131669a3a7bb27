package dev.adit.sources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens to a folder, following it ends where reading it afresh would. */
class DirectorySourcePropertyTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final List<String> FILES =
            List.of("a.yaml", "b.json", "z.yml", "sub/a.yaml", "sub/deep/b.yaml", ".h.yaml");

    /** One thing that happens to a file. */
    private record Edit(String file, Kind kind, int port) {
        enum Kind {
            WRITE,
            REPLACE,
            DELETE,
            DELETE_FOLDER
        }

        void apply(Path root, Instant time) throws IOException {
            Path path = root.resolve(file);
            switch (kind) {
                case WRITE -> {
                    Files.createDirectories(path.getParent());
                    Files.setLastModifiedTime(Files.writeString(path, content()), FileTime.from(time));
                }
                case REPLACE -> {
                    Files.createDirectories(path.getParent());
                    Path other = Files.writeString(path.resolveSibling("other.tmp"), content());
                    Files.move(other, path, StandardCopyOption.ATOMIC_MOVE);
                }
                case DELETE -> Files.deleteIfExists(path);
                case DELETE_FOLDER -> delete(root.resolve("sub"));
            }
        }

        private String content() {
            return "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"},"
                    + "\"spec\":{\"ports\":[{\"port\":" + port + "}]}}";
        }
    }

    @Provide
    Arbitrary<Edit> edits() {
        return Combinators.combine(
                        Arbitraries.of(FILES),
                        Arbitraries.of(Edit.Kind.class),
                        Arbitraries.integers().between(1, 99))
                .as(Edit::new);
    }

    @Property(tries = 100)
    void endsWhereAFreshReadWould(@ForAll List<@From("edits") Edit> edits) throws IOException {
        Path root = Files.createTempDirectory("adit-source-");
        AtomicReference<Manifests> last = new AtomicReference<>(Manifests.EMPTY);
        try (DirectorySource source =
                DirectorySource.builder().path(root).poll(NEVER).debounce(NEVER).build()) {
            source.start(last::set);
            Instant time = Instant.EPOCH;
            for (Edit edit : edits) {
                // Tests write faster than the clock of a file system ticks.
                time = time.plusSeconds(1);
                edit.apply(root, time);
                Manifests before = last.get();
                boolean told = source.check();
                assertThat(last.get()).isEqualTo(ManifestReader.strict().read(List.of(root)));
                assertThat(told).isEqualTo(!before.equals(last.get()));
            }
        } finally {
            delete(root);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(p -> {
                try {
                    Files.delete(p);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
