package dev.adit.sources;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The manifest files below some paths as they are at one moment, in the order they are to be read: the same files in the
 * same order as {@link dev.adit.manifest.ManifestReader#read(List)} finds.
 *
 * @param files file to what identifies its content
 * @param directories every directory whose changes may change this tree
 * @param unreadable what exists but could not be looked at
 */
record FileTree(Map<Path, Stamp> files, Set<Path> directories, Set<Path> unreadable) {
    private static final int MAX_DEPTH = 32;

    /**
     * What changes when a file's content does, as far as the file system tells.
     *
     * @param key the file's identity (device and inode), or null if the file system has none
     */
    record Stamp(long size, FileTime modified, @Nullable Object key) {
        /** Of a path that does not exist. */
        static final Stamp MISSING = new Stamp(-1, FileTime.fromMillis(0), null);

        static Stamp of(BasicFileAttributes a) {
            return new Stamp(a.size(), a.lastModifiedTime(), a.fileKey());
        }
    }

    /** Looks at every path: names that start with a dot are skipped, links are followed. */
    static FileTree scan(List<Path> paths) {
        Scan scan = new Scan();
        paths.forEach(scan::add);
        return new FileTree(scan.files, scan.directories, scan.unreadable);
    }

    /** Whether nothing is known now of {@code file}, because the way to it cannot be read. */
    boolean hides(Path file) {
        return unreadable.stream().anyMatch(file::startsWith);
    }

    private static final class Scan extends SimpleFileVisitor<Path> {
        private final Map<Path, Stamp> files = new LinkedHashMap<>();
        private final Set<Path> directories = new LinkedHashSet<>();
        private final Set<Path> unreadable = new LinkedHashSet<>();
        private Path root = Path.of("");
        private Map<Path, Stamp> found = new TreeMap<>();

        void add(Path path) {
            root = path;
            found = new TreeMap<>();
            // The path itself may be replaced, which only the directory around it notices.
            Path around = path.toAbsolutePath().getParent();
            if (around != null) {
                directories.add(around);
            }
            try {
                Files.walkFileTree(path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, this);
            } catch (IOException e) {
                unreadable.add(path);
            }
            found.forEach(files::putIfAbsent);
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (!directory.equals(root) && isDotted(directory)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            directories.add(directory.toAbsolutePath());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.equals(root) || (isFile(attributes) && !isDotted(file) && isManifest(file))) {
                found.put(file, Stamp.of(attributes));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A link that leads nowhere or around in a circle, and a file deleted just now, is no file.
            boolean gone = e instanceof NoSuchFileException || e instanceof FileSystemLoopException;
            if (!gone) {
                unreadable.add(file);
            } else if (file.equals(root)) {
                found.put(file, Stamp.MISSING);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            if (e != null) {
                unreadable.add(directory);
            }
            return FileVisitResult.CONTINUE;
        }

        /** Neither a directory too deep to look into nor a pipe, whose reader waits for a writer; a link may lead nowhere. */
        private static boolean isFile(BasicFileAttributes attributes) {
            return !attributes.isDirectory() && !attributes.isOther();
        }

        private static boolean isDotted(Path path) {
            return Objects.toString(path.getFileName(), "").startsWith(".");
        }

        private static boolean isManifest(Path file) {
            String name = Objects.toString(file.getFileName(), "");
            return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        }
    }
}
