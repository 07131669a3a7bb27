package dev.adit.undertow;

import dev.adit.exchange.AddressFilter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The addresses of an endpoint: itself, or for a name what the system's resolver says, on threads of its own. */
final class NameResolver {
    /** Hears of addresses, possibly none, and why there are none. */
    @FunctionalInterface
    interface Listener {
        void resolved(List<InetAddress> addresses, String problem);
    }

    /** Addresses of a name that are tried one after another. */
    static final int MAX_ADDRESSES = 4;

    private static final int THREADS = 4;
    private static final int WAITING = 1024;
    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

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
        if (isLiteral(host)) {
            lookUp(host, false, listener);
            return;
        }
        try {
            threads.execute(() ->
                    lookUp(host, true, (found, problem) -> executor.execute(() -> listener.resolved(found, problem))));
        } catch (RejectedExecutionException e) {
            listener.resolved(List.of(), "too many names wait to be resolved");
        }
    }

    private static void lookUp(String host, boolean name, Listener listener) {
        List<InetAddress> found = new ArrayList<>(MAX_ADDRESSES);
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (found.size() < MAX_ADDRESSES && (!name || AddressFilter.allowsForName(address))) {
                    found.add(address);
                }
            }
        } catch (UnknownHostException e) {
            listener.resolved(List.of(), "unknown name " + host);
            return;
        }
        listener.resolved(found, host + " has no address that may be connected to");
    }

    /** An IPv6 address, or four decimal numbers: what Java reads as an address without asking anybody. */
    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || FOUR_NUMBERS.matcher(host).matches();
    }

    void close() {
        threads.shutdownNow();
    }
}
