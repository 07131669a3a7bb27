package dev.adit.tck;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The threads and sockets of this process at one moment, to find those that are there only later. */
final class Leftovers {
    /** Threads that end by themselves get this long to do so. */
    private static final Duration LAST_BREATH = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path SELF = Path.of("/proc/self/stat");

    private final Set<Thread> threads = threads();
    private final Set<String> sockets = sockets();

    /** Fails if there is a thread or, where the system lists them, a socket that was not there at that moment. */
    void check() throws InterruptedException {
        for (Thread thread : threads()) {
            if (!threads.contains(thread) && !isForeign(thread)) {
                thread.join(LAST_BREATH.toMillis());
                if (thread.isAlive()) {
                    throw new AssertionError("a thread outlived its transport: " + thread);
                }
            }
        }
        checkSockets();
    }

    /** A selector gives a closed socket back only when it is asked the next time: sockets, too, get a last breath. */
    void checkSockets() {
        long deadline = System.nanoTime() + LAST_BREATH.toNanos();
        Set<String> left = left();
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            left = left();
        }
        if (!left.isEmpty()) {
            throw new AssertionError("sockets outlived their transport: " + left);
        }
    }

    private Set<String> left() {
        Set<String> left = sockets();
        left.removeAll(sockets);
        return left;
    }

    /** The judge's own, and the JDK's common pool, which is everybody's. */
    private static boolean isForeign(Thread thread) {
        return thread.getName().startsWith(Session.THREAD) || thread instanceof ForkJoinWorkerThread;
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    private static Set<String> sockets() {
        Set<String> sockets = new HashSet<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return sockets;
        }
        keepJdkSocket();
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            for (Path descriptor : all.toList()) {
                String target = target(descriptor);
                if (target.startsWith("socket:")) {
                    sockets.add(target);
                }
            }
        } catch (IOException e) {
            throw new AssertionError("cannot list " + DESCRIPTORS, e);
        }
        return sockets;
    }

    /**
     * The JDK keeps half of a socket pair for ever, from the first time that it opens a file channel or closes a socket that
     * somebody waits for: it must be there before the first look.
     */
    private static void keepJdkSocket() {
        try {
            FileChannel.open(SELF).close();
        } catch (IOException e) {
            throw new AssertionError("cannot open " + SELF, e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed since it was listed, as the listing's own descriptor is.
            return "";
        }
    }
}
