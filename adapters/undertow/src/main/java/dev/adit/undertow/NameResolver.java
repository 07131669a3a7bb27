package dev.adit.undertow;

import dev.adit.wire.EndpointAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The addresses of an endpoint: itself, or for a name what the system's resolver says, on threads of its own. */
final class NameResolver {
    /** Hears of addresses, possibly none, and why there are no more. */
    @FunctionalInterface
    interface Listener {
        void resolved(List<InetAddress> addresses, String problem);
    }

    private static final int THREADS = 4;
    private static final int WAITING = 1024;

    private final ThreadPoolExecutor threads;

    NameResolver() {
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "adit-dns");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Answers at once for an address, else later on {@code executor}. */
    void resolve(String host, Executor executor, Listener listener) {
        if (EndpointAddresses.isLiteral(host)) {
            lookUp(host, listener);
            return;
        }
        try {
            threads.execute(() ->
                    lookUp(host, (found, problem) -> executor.execute(() -> listener.resolved(found, problem))));
        } catch (RejectedExecutionException e) {
            listener.resolved(List.of(), "too many names wait to be resolved");
        }
    }

    private static void lookUp(String host, Listener listener) {
        List<InetAddress> found;
        try {
            found = EndpointAddresses.of(host);
        } catch (UnknownHostException e) {
            listener.resolved(List.of(), String.valueOf(e.getMessage()));
            return;
        }
        listener.resolved(found, host + " has no other address");
    }

    void close() {
        threads.shutdownNow();
    }
}
