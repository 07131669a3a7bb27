package dev.adit.exchange;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How much each client address has under way at a time, and no more. An IPv6 address counts as its network of 64 bits, which is what one
 * client has (RFC 6177). Holds an entry for each address with something under way, so never more than there are connections.
 *
 * <p>Safe for any number of threads.
 */
public final class AddressLimit {
    private final int most;
    private final ConcurrentMap<Object, Integer> underWay = new ConcurrentHashMap<>();

    /** @param most for one address, at least 1 */
    public AddressLimit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a limit must be positive");
        }
        this.most = most;
    }

    /** Whether something more may begin for {@code address}; then {@link #end} must be called once. */
    public boolean begin(InetAddress address) {
        if (underWay.merge(key(address), 1, Integer::sum) <= most) {
            return true;
        }
        end(address);
        return false;
    }

    /** What began has ended. */
    public void end(InetAddress address) {
        underWay.computeIfPresent(key(address), (key, count) -> count == 1 ? null : count - 1);
    }

    /** How many addresses have something under way. */
    int addresses() {
        return underWay.size();
    }

    private static Object key(InetAddress address) {
        return address instanceof Inet6Address
                ? ByteBuffer.wrap(address.getAddress()).getLong()
                : address;
    }
}
