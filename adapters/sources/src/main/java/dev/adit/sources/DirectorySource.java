package dev.adit.sources;

import dev.adit.ConfigSource;
import dev.adit.manifest.ManifestReader;
import dev.adit.manifest.Manifests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Manifests from files and directories, read again whenever one of them changes.
 *
 * <p>The operating system is asked to report changes; a cheap look at every file's size, time and identity now and then
 * finds what it does not report, such as the swapped {@code ..data} link of a mounted ConfigMap or a network file system.
 * Changes are collected until they pause, so that a save in several steps is one change.
 *
 * <p>What cannot be read leaves what was good before in force: see {@link FileCache}. Deleted files take their objects
 * along.
 *
 * <pre>
 *           start: watch, read, hand over
 *             |
 *             v            event               nothing for `debounce`,
 *   +---> WAITING -----------------> SETTLING  or 10 x `debounce` are over
 *   |         | nothing for `poll`       |
 *   |         v                          v
 *   +------ CHECKING: scan files, read what changed, hand over what differs
 *
 *   close: from any state; waits for a call of the consumer that is under way
 * </pre>
 *
 * <p>Thread-safe. The consumer is called by the thread that calls {@link #start}, then by one daemon thread.
 */
public final class DirectorySource implements ConfigSource {
    private static final System.Logger LOG = System.getLogger(DirectorySource.class.getName());

    private final List<Path> paths;
    private final FileCache files;
    private final Duration debounce;
    private final Duration poll;

    private final Object lock = new Object();
    private @Nullable Consumer<Manifests> consumer;
    private @Nullable FileWatcher watcher;
    private Manifests last = Manifests.EMPTY;
    private boolean closed;

    private DirectorySource(Builder builder) {
        this.paths = List.copyOf(builder.paths);
        this.files = new FileCache(builder.reader);
        this.debounce = builder.debounce;
        this.poll = builder.poll;
    }

    /** A source of {@code paths}, files or directories, with default settings. */
    public static DirectorySource of(Path... paths) {
        Builder builder = builder();
        for (Path path : paths) {
            builder.path(path);
        }
        return builder.build();
    }

    /** A builder without paths. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Exceptions of the first call go to the caller; those of later calls are logged, and the next change is handed
     * over all the same.
     *
     * @throws IllegalStateException if this source was started or closed before
     */
    @Override
    public void start(Consumer<Manifests> consumer) {
        Objects.requireNonNull(consumer);
        synchronized (lock) {
            if (this.consumer != null || closed) {
                throw new IllegalStateException("a source can be started once");
            }
            this.consumer = consumer;
            FileWatcher watching = FileWatcher.open();
            this.watcher = watching;
            last = read(watching);
            consumer.accept(last);
            Thread thread = new Thread(() -> run(watching), "adit-directory-source");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** {@inheritDoc} Waits for a call of the consumer that is under way, unless it is the consumer that closes. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (watcher != null) {
                watcher.close();
            }
        }
    }

    /**
     * Reads what changed and hands it over if the manifests differ from the last ones.
     *
     * @return whether the consumer was called
     */
    boolean check() {
        synchronized (lock) {
            if (closed || consumer == null || watcher == null) {
                return false;
            }
            Manifests now = read(watcher);
            if (now.equals(last)) {
                return false;
            }
            last = now;
            consumer.accept(now);
            return true;
        }
    }

    private Manifests read(FileWatcher watcher) {
        FileTree tree = FileTree.scan(paths);
        if (watcher.watch(tree.directories())) {
            // A directory that is watched from now on may have changed since the scan.
            tree = FileTree.scan(paths);
        }
        return files.read(tree, watcher.takeChanged());
    }

    private void run(FileWatcher watcher) {
        while (watcher.await(poll, debounce)) {
            try {
                check();
            } catch (RuntimeException e) {
                // Whatever a consumer does to itself, later changes must still reach it.
                LOG.log(System.Logger.Level.ERROR, "could not hand over changed manifests", e);
            }
        }
    }

    /** Collects settings; not thread-safe. */
    public static final class Builder {
        private final List<Path> paths = new ArrayList<>();
        private ManifestReader reader = ManifestReader.strict();
        private Duration debounce = Duration.ofMillis(150);
        private Duration poll = Duration.ofSeconds(2);

        private Builder() {}

        /** Adds a file, or a directory with everything below it that {@link ManifestReader#read(List)} would read. */
        public Builder path(Path path) {
            paths.add(Objects.requireNonNull(path));
            return this;
        }

        /** Default: {@link ManifestReader#strict()}. */
        public Builder reader(ManifestReader reader) {
            this.reader = Objects.requireNonNull(reader);
            return this;
        }

        /** How long nothing must change before changes are read; they never wait longer than ten times that. Default: 150 ms. */
        public Builder debounce(Duration debounce) {
            this.debounce = positive(debounce);
            return this;
        }

        /** How often files are looked at without being told to. Default: 2 s. */
        public Builder poll(Duration poll) {
            this.poll = positive(poll);
            return this;
        }

        /**
         * The source; nothing is read before {@link DirectorySource#start}.
         *
         * @throws IllegalStateException if there is no path
         */
        public DirectorySource build() {
            if (paths.isEmpty()) {
                throw new IllegalStateException("a source needs a path");
            }
            return new DirectorySource(this);
        }

        private static Duration positive(Duration duration) {
            if (duration.isZero() || duration.isNegative()) {
                throw new IllegalArgumentException("not a positive duration: " + duration);
            }
            return duration;
        }
    }
}
