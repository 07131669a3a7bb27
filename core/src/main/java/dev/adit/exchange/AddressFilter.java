package dev.adit.exchange;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Which addresses a DNS name may lead to. A name is chosen by whoever writes a manifest, and its addresses by whoever owns
 * the zone; neither may point the gateway at itself, at its node or at a cloud's metadata service. Address literals come
 * from EndpointSlices and are not asked about here. Every transport asks this after it resolved the name of an endpoint, for
 * each address and before it connects.
 */
public final class AddressFilter {
    /** RFC 6052: IPv4 addresses behind a NAT64. */
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    /** The metadata service of a large cloud, in its unique-local range. */
    private static final byte[] METADATA = {(byte) 0xfd, 0, 0x0e, (byte) 0xc2};

    private AddressFilter() {}

    /** Whether a name may lead to {@code address}: not to this machine, its link, a multicast group or a metadata service. */
    public static boolean allowsForName(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            // 0.0.0.0/8 is "this host", 240.0.0.0/4 with the broadcast address is reserved (RFC 6890).
            return bytes[0] != 0 && (bytes[0] & 0xf0) != 0xf0;
        }
        if (startsWith(bytes, METADATA)) {
            return false;
        }
        if (startsWith(bytes, NAT64) || startsWith(bytes, new byte[12])) {
            return allowsEmbedded(bytes, 12);
        }
        boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
        return !sixToFour || allowsEmbedded(bytes, 2);
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static boolean allowsEmbedded(byte[] bytes, int at) {
        try {
            return allowsForName(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
