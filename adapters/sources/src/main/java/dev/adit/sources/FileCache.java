package dev.adit.sources;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import dev.adit.manifest.Resource;
import dev.adit.sources.FileTree.Stamp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was read of each file, and the last of it that was good. A file that is not what it was is read again:
 *
 * <ul>
 *   <li>a file that cannot be read as a whole keeps every object it had;
 *   <li>an object that is refused stays as it was, as an API server would have left it; its neighbours change;
 *   <li>a file or object that is gone is gone.
 * </ul>
 *
 * Whatever is kept, the diagnostics are those of the file as it is now. Not thread-safe.
 */
final class FileCache {
    private final ManifestReader reader;
    private Map<Path, Entry> entries = Map.of();

    /**
     * @param good the objects to serve
     * @param diagnostics what the last read found
     */
    private record Entry(Stamp stamp, List<Resource> good, List<Diagnostic> diagnostics) {}

    FileCache(ManifestReader reader) {
        this.reader = reader;
    }

    /**
     * Everything in {@code tree}, in its order.
     *
     * @param changed whether a file is known to have changed, whatever its stamp says
     */
    Manifests read(FileTree tree, Predicate<Path> changed) {
        Map<Path, Entry> now = new LinkedHashMap<>();
        tree.files().forEach((file, stamp) -> {
            Entry before = entries.get(file);
            boolean same = before != null && before.stamp.equals(stamp) && !changed.test(file);
            now.put(file, same ? before : read(file, stamp, before));
        });
        entries.forEach((file, before) -> {
            if (tree.hides(file)) {
                now.putIfAbsent(file, before);
            }
        });
        entries = now;

        List<Manifests> parts = new ArrayList<>();
        now.values().forEach(e -> parts.add(new Manifests(e.good, e.diagnostics)));
        for (Path path : tree.unreadable()) {
            parts.add(new Manifests(List.of(), reader.read(List.of(path)).diagnostics()));
        }
        return Manifests.concat(parts);
    }

    private Entry read(Path file, Stamp stamp, @Nullable Entry before) {
        Manifests read = reader.read(List.of(file));
        List<Resource> good =
                before == null || stamp.equals(Stamp.MISSING) ? read.resources() : good(before.good, read);
        return new Entry(stamp, good, read.diagnostics());
    }

    private static List<Resource> good(List<Resource> before, Manifests read) {
        if (read.diagnostics().stream().anyMatch(FileCache::concernsTheFile)) {
            return before;
        }
        Set<String> refused = read.diagnostics().stream()
                .filter(d -> d.effect() == Effect.REJECTED)
                .map(Diagnostic::object)
                .collect(Collectors.toSet());
        Stream<Resource> kept =
                before.stream().filter(r -> refused.contains(r.key().toString()));
        // Of two objects with one key the later wins: what could be read goes last.
        return Stream.concat(kept, read.resources().stream()).toList();
    }

    /** Whether it cannot be said which objects are missing from what was read. */
    private static boolean concernsTheFile(Diagnostic d) {
        return d.severity() == Severity.ERROR
                && (d.effect() == Effect.SOURCE_REJECTED
                        || (d.effect() == Effect.REJECTED && d.object().isEmpty()));
    }
}
