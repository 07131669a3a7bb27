package dev.adit.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The checkout that this test belongs to. */
public final class Repository {
    /** Folders that hold no source of ours. */
    private static final Set<String> SKIPPED = Set.of("target", ".git", ".idea");

    /** Its top folder. Maven runs the tests of a module in the module's folder, IDEs often in the top folder. */
    public static final Path ROOT = root();

    private Repository() {}

    /** Every source file with that ending, sorted; nothing that the build makes. */
    public static List<Path> files(String ending) {
        try (Stream<Path> all =
                Files.find(ROOT, 20, (p, a) -> a.isRegularFile() && p.toString().endsWith(ending))) {
            return all.filter(p -> isSource(ROOT.relativize(p))).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The content of a file below {@link #ROOT}. */
    public static String read(Path file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSource(Path relative) {
        for (Path part : relative) {
            if (SKIPPED.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }

    private static Path root() {
        Path p = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(p.resolve("LICENSE"))) {
            p = p.getParent();
            if (p == null) {
                throw new IllegalStateException(
                        "not inside a checkout: " + Path.of("").toAbsolutePath());
            }
        }
        return p;
    }
}
