package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds and loads the files of one call, within the limits of {@link Limits}.
 *
 * <p>In a mounted ConfigMap each file is a link into the folder {@code ..data}, itself a link that an update exchanges.
 * Names that begin with a dot are passed over, so each file is found once, by its plain name.
 */
final class ManifestFiles {
    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    private final Consumer<Diagnostic> diagnostics;
    private final Set<Path> seenFolders = new HashSet<>();
    private long bytesLeft = Limits.TOTAL_BYTES;

    ManifestFiles(Consumer<Diagnostic> diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The files that {@code paths} name, those of each folder in the order of their paths. */
    List<Path> find(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                Set<Path> found = new TreeSet<>();
                seenFolders.clear();
                search(path, Limits.FOLDER_DEPTH, found);
                files.addAll(found);
            } else {
                files.add(path);
            }
        }
        if (files.size() > Limits.FILES) {
            Path first = files.get(Limits.FILES);
            report(
                    Code.FILE_TOO_LARGE,
                    first,
                    "There are more than " + Limits.FILES + " files; this one and those after it are not read.");
            return files.subList(0, Limits.FILES);
        }
        return files;
    }

    private void search(Path folder, int depth, Set<Path> found) {
        try {
            // Links may lead in circles.
            if (!seenFolders.add(folder.toRealPath())) {
                return;
            }
            if (depth == 0) {
                report(Code.TOO_COMPLEX, folder, "Folders are nested deeper than " + Limits.FOLDER_DEPTH + " levels.");
                return;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : new TreeSet<>(listOf(entries))) {
                    String name = String.valueOf(entry.getFileName());
                    if (name.startsWith(".")) {
                        continue;
                    }
                    if (Files.isDirectory(entry)) {
                        search(entry, depth - 1, found);
                    } else if (isManifest(entry, name) && found.size() <= Limits.FILES) {
                        found.add(entry);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            unreadable(folder, e);
        }
    }

    /** Links that lead nowhere are kept, to be reported; pipes and devices are not read. */
    private static boolean isManifest(Path entry, String name) {
        return ENDINGS.stream().anyMatch(name::endsWith) && (Files.isRegularFile(entry) || Files.notExists(entry));
    }

    private static List<Path> listOf(DirectoryStream<Path> entries) {
        List<Path> list = new ArrayList<>();
        entries.forEach(list::add);
        return list;
    }

    /** The content of a file, or null if it cannot be read or is too large; then that is reported. */
    byte @Nullable [] content(Path file) {
        int most = (int) Math.min(Limits.FILE_BYTES, bytesLeft);
        try {
            // The size is asked first, so that a huge file costs nothing; the read is bounded, as the file may grow.
            byte[] content = Files.size(file) > most ? null : read(file, most);
            if (content == null) {
                report(
                        Code.FILE_TOO_LARGE,
                        file,
                        most < Limits.FILE_BYTES
                                ? "All files together have more than " + Limits.TOTAL_BYTES + " bytes."
                                : "The file has more than " + Limits.FILE_BYTES + " bytes.");
                return null;
            }
            bytesLeft -= content.length;
            return content;
        } catch (IOException e) {
            unreadable(file, e);
            return null;
        }
    }

    private static byte @Nullable [] read(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(most + 1);
            return content.length > most ? null : content;
        }
    }

    private void unreadable(Path path, Exception e) {
        String reason;
        if (e instanceof NoSuchFileException) {
            reason = "does not exist";
        } else if (e instanceof AccessDeniedException) {
            reason = "may not be read";
        } else {
            reason = "cannot be read (" + e.getClass().getSimpleName() + ")";
        }
        report(Code.FILE_UNREADABLE, path, "The file or folder " + reason + ".");
    }

    private void report(Code code, Path path, String message) {
        diagnostics.accept(new Diagnostic(
                Severity.ERROR,
                code,
                "",
                "",
                new SourcePosition(path.toString(), 0, 0),
                message,
                Effect.SOURCE_REJECTED,
                ""));
    }
}
