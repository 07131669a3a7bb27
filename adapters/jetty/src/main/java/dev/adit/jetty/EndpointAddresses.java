package dev.adit.jetty;

import dev.adit.exchange.AddressFilter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/** The addresses of an endpoint: itself, or for a name what the system's resolver says, off the event loop. */
final class EndpointAddresses implements SocketAddressResolver {
    /** Addresses of a name that are tried one after another. */
    private static final int MAX_ADDRESSES = 4;

    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private final Executor executor;

    EndpointAddresses(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        if (isLiteral(host)) {
            resolved(host, port, false, promise);
            return;
        }
        try {
            executor.execute(() -> resolved(host, port, true, promise));
        } catch (RejectedExecutionException e) {
            promise.failed(e);
        }
    }

    private static void resolved(String host, int port, boolean name, Promise<List<InetSocketAddress>> promise) {
        List<InetSocketAddress> found = new ArrayList<>(MAX_ADDRESSES);
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (found.size() < MAX_ADDRESSES && (!name || AddressFilter.allowsForName(address))) {
                    found.add(new InetSocketAddress(address, port));
                }
            }
            if (found.isEmpty()) {
                throw new UnknownHostException(host + " has no address that may be connected to");
            }
        } catch (UnknownHostException e) {
            promise.failed(e);
            return;
        }
        promise.succeeded(found);
    }

    /** An IPv6 address, or four decimal numbers: what Java reads as an address without asking anybody. */
    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || FOUR_NUMBERS.matcher(host).matches();
    }
}
