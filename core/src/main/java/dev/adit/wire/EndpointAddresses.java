package dev.adit.wire;

import dev.adit.exchange.AddressFilter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Which addresses of an endpoint are tried: itself, or of a name those that a manifest may lead to, and only so many. */
public final class EndpointAddresses {
    /** Addresses of a name that are tried one after another. */
    public static final int MOST = 4;

    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private EndpointAddresses() {}

    /** Whether it is an IPv6 address, or four decimal numbers: what Java reads as an address without asking anybody. */
    public static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || FOUR_NUMBERS.matcher(host).matches();
    }

    /**
     * The addresses of {@code host}, at least one. Blocks until the system's resolver has answered, unless it is a
     * {@linkplain #isLiteral literal}.
     *
     * @throws UnknownHostException if there are none that may be connected to
     */
    public static List<InetAddress> of(String host) throws UnknownHostException {
        InetAddress[] found = InetAddress.getAllByName(host);
        return isLiteral(host) ? List.of(found) : ofName(host, List.of(found));
    }

    /**
     * Those of the addresses that were {@code found} for a name that are tried, in their order; at least one.
     *
     * @throws UnknownHostException if none may be connected to
     */
    public static List<InetAddress> ofName(String name, List<InetAddress> found) throws UnknownHostException {
        List<InetAddress> tried = new ArrayList<>(MOST);
        for (InetAddress address : found) {
            if (tried.size() < MOST && AddressFilter.allowsForName(address)) {
                tried.add(address);
            }
        }
        if (tried.isEmpty()) {
            throw new UnknownHostException(name + " has no address that may be connected to");
        }
        return tried;
    }
}
