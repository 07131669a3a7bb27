package dev.adit.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.adit.diagnostic.Code;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.Resource;
import dev.adit.manifest.Service;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySourceTest {
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path dir;

    private long clock;

    private final List<Manifests> seen = new CopyOnWriteArrayList<>();
    private final List<DirectorySource> open = new ArrayList<>();

    @AfterEach
    void closeAll() {
        open.forEach(DirectorySource::close);
    }

    // reading by hand: the source's own thread never gets to look

    @Test
    void readsOnceBeforeStartReturns() throws IOException {
        write("b.yaml", service("b", 80));
        write("a.yml", service("a", 80));
        write(
                "sub/c.json",
                "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"c\"},"
                        + "\"spec\":{\"ports\":[{\"port\":80}]}}");
        write("notes.txt", "not a manifest");
        startByHand(dir);
        assertThat(seen).hasSize(1);
        assertThat(names()).containsExactly("a", "b", "c");
        assertThat(last().diagnostics()).isEmpty();
    }

    @Test
    void handsOverNothingWhenNothingChanged() throws IOException {
        write("a.yaml", service("a", 80));
        DirectorySource source = startByHand(dir);
        assertThat(source.check()).isFalse();
        Files.setLastModifiedTime(dir.resolve("a.yaml"), FileTime.from(Instant.now()));
        assertThat(source.check()).as("only the time changed").isFalse();
        assertThat(seen).hasSize(1);
    }

    @Test
    void doesNotReadWhatIsNoFile() throws IOException {
        write("a.yaml", service("a", 80));
        DirectorySource source = startByHand(dir);
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(dir.resolve("b.yaml")));
            assertThat(source.check()).isFalse();
            write("a.yaml", service("c", 80));
            assertThat(source.check()).isTrue();
        }
        assertThat(names()).containsExactly("c");
        assertThat(last().diagnostics()).isEmpty();
    }

    @Test
    void followsNewChangedAndDeletedFiles() throws IOException {
        write("a.yaml", service("a", 80));
        DirectorySource source = startByHand(dir);

        write("new/b.yaml", service("b", 80));
        assertThat(source.check()).isTrue();
        assertThat(names()).containsExactly("a", "b");

        write("a.yaml", service("a", 8081));
        assertThat(source.check()).isTrue();
        assertThat(port("a")).isEqualTo(8081);

        Files.delete(dir.resolve("a.yaml"));
        assertThat(source.check()).isTrue();
        assertThat(names()).containsExactly("b");
    }

    @Test
    void followsAtomicReplacementOfAFile() throws IOException {
        Path file = write("a.yaml", service("a", 80));
        DirectorySource source = startByHand(file);
        FileTime time = Files.getLastModifiedTime(file);
        Path other = write("elsewhere.tmp", service("a", 81));
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(source.check()).as("same size and time, another file").isTrue();
        assertThat(port("a")).isEqualTo(81);
    }

    @Test
    void leavesTemporaryFilesOfEditorsAlone() throws IOException {
        write("a.yaml", service("a", 80));
        DirectorySource source = startByHand(dir);
        write(".a.yaml.swp", "b0VIM");
        write(".#a.yaml", service("x", 80));
        write("a.yaml~", service("x", 80));
        write("4913", "");
        write("#a.yaml#", service("x", 80));
        assertThat(source.check()).isFalse();
    }

    @Test
    void followsTheSwappedLinkOfAMountedConfigMap() throws IOException {
        write("..2026_01/a.yaml", service("a", 80));
        write("..2026_02/a.yaml", service("a", 81));
        Files.createSymbolicLink(dir.resolve("..data"), Path.of("..2026_01"));
        Files.createSymbolicLink(dir.resolve("a.yaml"), Path.of("..data/a.yaml"));
        DirectorySource source = startByHand(dir);
        assertThat(names()).as("hidden directories are not read twice").containsExactly("a");

        Files.createSymbolicLink(dir.resolve("..tmp"), Path.of("..2026_02"));
        Files.move(dir.resolve("..tmp"), dir.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(source.check()).isTrue();
        assertThat(port("a")).isEqualTo(81);
    }

    @Test
    void survivesLinksThatLeadAroundOrNowhere() throws IOException {
        write("a.yaml", service("a", 80));
        Files.createSymbolicLink(dir.resolve("loop"), dir);
        Files.createSymbolicLink(dir.resolve("nowhere.yaml"), Path.of("gone.yaml"));
        startByHand(dir);
        assertThat(names()).containsExactly("a");
        assertThat(last().diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.position().source()).endsWith("nowhere.yaml"));
    }

    @Test
    void brokenFileLeavesItsLastGoodStateAndIsReported() throws IOException {
        write("a.yaml", service("a", 80) + "---\n" + service("a2", 80));
        write("b.yaml", service("b", 80));
        DirectorySource source = startByHand(dir);

        write("a.yaml", service("a", 81) + "---\nkind: [\n");
        write("b.yaml", service("b", 81));
        assertThat(source.check()).isTrue();
        assertThat(names()).containsExactly("a", "a2", "b");
        assertThat(port("a")).as("as it was").isEqualTo(80);
        assertThat(port("b")).as("the neighbour changes").isEqualTo(81);
        assertThat(last().diagnostics()).anySatisfy(d -> {
            assertThat(d.position().source()).endsWith("a.yaml");
            assertThat(d.position().line()).isPositive();
        });

        write("a.yaml", service("a", 82));
        assertThat(source.check()).isTrue();
        assertThat(names()).containsExactly("a", "b");
        assertThat(port("a")).isEqualTo(82);
        assertThat(last().diagnostics()).isEmpty();
    }

    @Test
    void binaryFileLeavesItsLastGoodState() throws IOException {
        Path file = write("a.yaml", service("a", 80));
        DirectorySource source = startByHand(dir);
        Files.write(file, new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe, 0, 0});
        assertThat(source.check()).isTrue();
        assertThat(names()).containsExactly("a");
        assertThat(last().diagnostics()).isNotEmpty();
    }

    @Test
    void refusedObjectStaysAsItWas() throws IOException {
        write("a.yaml", service("a", 80) + "---\n" + service("b", 80) + "---\n" + service("c", 80));
        DirectorySource source = startByHand(dir);
        write("a.yaml", service("a", 700_000) + "---\n" + service("b", 81));
        assertThat(source.check()).isTrue();
        assertThat(names()).as("c is gone, a was refused").containsExactlyInAnyOrder("a", "b");
        assertThat(port("a")).isEqualTo(80);
        assertThat(port("b")).isEqualTo(81);
        assertThat(last().diagnostics()).anySatisfy(d -> assertThat(d.object()).contains("a"));
    }

    @Test
    void objectInTwoFilesIsReported() throws IOException {
        write("a.yaml", service("same", 80));
        write("b.yaml", service("same", 81));
        startByHand(dir);
        assertThat(port("same")).as("the last one counts").isEqualTo(81);
        assertThat(last()).isEqualTo(ManifestReader.strict().read(List.of(dir)));
        assertThat(last().diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.code()).isEqualTo(Code.DUPLICATE_OBJECT));
    }

    @Test
    void missingPathIsReportedUntilItAppears() throws IOException {
        Path file = dir.resolve("later.yaml");
        DirectorySource source = startByHand(file);
        assertThat(last().resources()).isEmpty();
        assertThat(last().diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.code()).isEqualTo(Code.FILE_UNREADABLE));

        write("later.yaml", service("a", 80));
        assertThat(source.check()).isTrue();
        assertThat(names()).containsExactly("a");

        Files.delete(file);
        assertThat(source.check()).isTrue();
        assertThat(last().resources()).isEmpty();
        assertThat(last().diagnostics()).hasSize(1);
    }

    @Test
    void afterCloseNothingIsHandedOver() throws IOException {
        DirectorySource source = startByHand(dir);
        source.close();
        write("a.yaml", service("a", 80));
        assertThat(source.check()).isFalse();
        assertThat(seen).hasSize(1);
        source.close();
    }

    @Test
    void consumerMayClose() throws IOException {
        write("a.yaml", service("a", 80));
        AtomicReference<DirectorySource> self = new AtomicReference<>();
        DirectorySource source = byHand(dir).build();
        self.set(source);
        source.start(m -> {
            seen.add(m);
            self.get().close();
        });
        assertThat(source.check()).isFalse();
        assertThat(seen).hasSize(1);
    }

    @Test
    void refusesMisuse() {
        DirectorySource source = startByHand(dir);
        assertThatIllegalStateException().isThrownBy(() -> source.start(m -> {}));
        assertThatIllegalStateException()
                .isThrownBy(() -> DirectorySource.builder().build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DirectorySource.builder().poll(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DirectorySource.builder().debounce(Duration.ofMillis(-1)));
        DirectorySource closed = DirectorySource.of(dir);
        closed.close();
        assertThatIllegalStateException().isThrownBy(() -> closed.start(m -> {}));
    }

    // the source's own thread

    @Test
    void hearsOfChangesWithoutPolling() throws IOException {
        Path file = write("sub/a.yaml", service("a", 80));
        start(DirectorySource.builder().path(dir).poll(NEVER).debounce(Duration.ofMillis(5)));
        FileTime time = Files.getLastModifiedTime(file);
        write("sub/a.yaml", service("a", 81));
        Files.setLastModifiedTime(file, time);
        await().until(() -> port("a") == 81);

        write("sub/deeper/b.yaml", service("b", 80));
        await().until(() -> names().contains("b"));
        write("sub/deeper/b.yaml", service("b", 81));
        await().until(() -> port("b") == 81);

        Files.delete(file);
        await().until(() -> !names().contains("a"));
    }

    @Test
    void findsByPollingWhatNobodyReports() throws IOException {
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Path target = Files.writeString(outside.resolve("target"), service("a", 80));
        Path watched = Files.createDirectory(dir.resolve("watched"));
        Files.createSymbolicLink(watched.resolve("a.yaml"), target);
        start(DirectorySource.builder().path(watched).poll(Duration.ofMillis(20)));
        Files.writeString(target, service("a", 8081));
        await().until(() -> port("a") == 8081);
    }

    @Test
    void keepsGoingWhenTheConsumerFails() throws IOException {
        DirectorySource source = DirectorySource.builder()
                .path(dir)
                .debounce(Duration.ofMillis(5))
                .build();
        open.add(source);
        source.start(m -> {
            seen.add(m);
            if (names().contains("bad")) {
                throw new IllegalStateException("as a test wants it");
            }
        });
        write("a.yaml", service("bad", 80));
        await().until(() -> names().contains("bad"));
        write("a.yaml", service("good", 80));
        await().until(() -> names().contains("good"));
    }

    private DirectorySource startByHand(Path path) {
        return start(byHand(path));
    }

    private static DirectorySource.Builder byHand(Path path) {
        return DirectorySource.builder().path(path).poll(NEVER).debounce(NEVER);
    }

    private DirectorySource start(DirectorySource.Builder builder) {
        DirectorySource source = builder.build();
        open.add(source);
        source.start(seen::add);
        return source;
    }

    private Manifests last() {
        return seen.get(seen.size() - 1);
    }

    private List<String> names() {
        return last().resources().stream().map(r -> r.metadata().name()).toList();
    }

    private int port(String name) {
        Resource found = last().resourceSet().get(Service.class, "default", name);
        return found instanceof Service s ? s.ports().get(0).port() : -1;
    }

    private Path write(String name, String content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        // Tests write faster than the clock of a file system ticks.
        return Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(++clock)));
    }

    private static String service(String name, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                spec:
                  ports:
                  - port: %d
                """.formatted(name, port);
    }
}
