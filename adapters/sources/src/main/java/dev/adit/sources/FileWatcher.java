package dev.adit.sources;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits for changes in directories. Where the operating system cannot report them, or not for all, it only waits: the
 * caller looks at the files after every {@link #await} anyway.
 *
 * <p>{@link #await} is for one thread, {@link #watch} for one thread at a time; {@link #close} may come from any.
 */
final class FileWatcher {
    private static final System.Logger LOG = System.getLogger(FileWatcher.class.getName());
    private static final int MAX_DEBOUNCES = 10;

    private final @Nullable WatchService service;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Path> changed = ConcurrentHashMap.newKeySet();
    private Map<Path, WatchKey> keys = Map.of();
    private boolean warned;

    private FileWatcher(@Nullable WatchService service) {
        this.service = service;
    }

    static FileWatcher open() {
        try {
            return new FileWatcher(FileSystems.getDefault().newWatchService());
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(System.Logger.Level.WARNING, "changes of files are found by looking only: {0}", e.toString());
            return new FileWatcher(null);
        }
    }

    /**
     * Watches exactly these directories from now on.
     *
     * @return whether one of them was not watched before
     */
    boolean watch(Set<Path> directories) {
        if (service == null) {
            return false;
        }
        boolean added = false;
        Map<Path, WatchKey> now = new HashMap<>();
        for (Path directory : directories) {
            // Registering again notices that the directory behind the path is another one.
            WatchKey key = register(service, directory);
            if (key != null) {
                now.put(directory, key);
                added |= !key.equals(keys.get(directory));
            }
        }
        Set<WatchKey> unused = new HashSet<>(keys.values());
        unused.removeAll(now.values());
        unused.forEach(WatchKey::cancel);
        keys = now;
        return added;
    }

    private @Nullable WatchKey register(WatchService service, Path directory) {
        try {
            return directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
        } catch (NoSuchFileException | NotDirectoryException | ClosedWatchServiceException e) {
            return null;
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                LOG.log(
                        System.Logger.Level.WARNING,
                        "some changes of files are found by looking only: {0}",
                        e.toString());
            }
            return null;
        }
    }

    /** Which files changed since the last call, as far as events tell. */
    Predicate<Path> takeChanged() {
        Set<Path> taken = new HashSet<>(changed);
        changed.removeAll(taken);
        return file -> {
            for (Path p = file.toAbsolutePath(); p != null; p = p.getParent()) {
                if (taken.contains(p)) {
                    return true;
                }
            }
            return false;
        };
    }

    /**
     * Waits until changes came and paused for {@code debounce}, but for ten times that at most; or for {@code poll} if
     * nothing happens.
     *
     * @return false once this watcher is closed
     */
    boolean await(Duration poll, Duration debounce) {
        try {
            if (service == null) {
                return !closed.await(poll.toNanos(), TimeUnit.NANOSECONDS);
            }
            WatchKey key = service.poll(poll.toNanos(), TimeUnit.NANOSECONDS);
            long end = System.nanoTime() + MAX_DEBOUNCES * debounce.toNanos();
            while (key != null) {
                note(key);
                long pause = Math.min(debounce.toNanos(), end - System.nanoTime());
                key = pause <= 0 ? null : service.poll(pause, TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (ClosedWatchServiceException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void note(WatchKey key) {
        Path directory = (Path) key.watchable();
        for (WatchEvent<?> event : key.pollEvents()) {
            // Without a name, events were lost.
            changed.add(event.context() instanceof Path name ? directory.resolve(name) : directory);
        }
        key.reset();
    }

    void close() {
        closed.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "could not close the watch service", e);
            }
        }
    }
}
