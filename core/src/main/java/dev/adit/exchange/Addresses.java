package dev.adit.exchange;

import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of IP addresses. Names are never resolved, and an IPv4 address that comes as {@code ::ffff:a.b.c.d} counts as what
 * it is. Immutable.
 */
final class Addresses {
    /** One address in its usual spelling: no octal or hexadecimal numbers, no ranges, no zone. */
    private static final IPAddressStringParameters PLAIN = parameters(false);

    private static final IPAddressStringParameters BLOCK = parameters(true);

    private final List<IPAddress> blocks;

    /**
     * @param blocks addresses and CIDR blocks
     * @throws IllegalArgumentException if one is neither
     */
    Addresses(List<String> blocks) {
        List<IPAddress> parsed = new ArrayList<>(blocks.size());
        for (String block : blocks) {
            IPAddress address = new IPAddressString(block.strip(), BLOCK).getAddress();
            if (address == null) {
                throw new IllegalArgumentException("not an IP address or CIDR block: " + block);
            }
            parsed.add(address.toPrefixBlock());
        }
        this.blocks = List.copyOf(parsed);
    }

    private static IPAddressStringParameters parameters(boolean prefix) {
        return new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowSingleSegment(false)
                .allowAll(false)
                .allowPrefix(prefix)
                .allowMask(false)
                .allowPrefixOnly(false)
                .allowWildcardedSeparator(false)
                .allow_inet_aton(false)
                .setRangeOptions(RangeParameters.NO_RANGE)
                .getIPv4AddressParametersBuilder()
                .allowLeadingZeros(false)
                .allowBinary(false)
                .getParentBuilder()
                .getIPv6AddressParametersBuilder()
                .allowZone(false)
                .allowBase85(false)
                .allowBinary(false)
                .getParentBuilder()
                .toParams();
    }

    /** Whether {@code text} is four decimal numbers below 256 without leading zeros: its own canonical spelling. */
    static boolean isCanonicalIPv4(String text) {
        int dots = 0;
        int number = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && number >= 0) {
                dots++;
                number = -1;
            } else if (c >= '0' && c <= '9' && number != 0) {
                number = Math.max(number, 0) * 10 + c - '0';
            } else {
                return false;
            }
            if (number > 255) {
                return false;
            }
        }
        return dots == 3 && number >= 0;
    }

    /** Whether {@code text} is an IPv6 address without brackets and zone. */
    static boolean isIPv6(String text) {
        return new IPAddressString(text, PLAIN).isIPv6();
    }

    /**
     * The address that {@code text} spells, without brackets, zone and port, as IPv4 if it is mapped into IPv6.
     *
     * @return null if it spells none
     */
    static @Nullable IPAddress parse(String text) {
        String bare = text.strip();
        if (bare.startsWith("[")) {
            int bracket = bare.indexOf(']');
            bare = bracket < 0 ? bare : bare.substring(1, bracket);
        } else if (bare.indexOf(':') == bare.lastIndexOf(':') && bare.indexOf('.') >= 0) {
            int colon = bare.indexOf(':');
            bare = colon < 0 ? bare : bare.substring(0, colon);
        }
        int zone = bare.indexOf('%');
        IPAddress address = new IPAddressString(zone < 0 ? bare : bare.substring(0, zone), PLAIN).getAddress();
        if (address != null && address.isIPv6() && address.toIPv6().isIPv4Mapped()) {
            return address.toIPv6().getEmbeddedIPv4Address();
        }
        return address;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Whether a block contains {@code address}, as {@link #parse} answers it. */
    boolean contain(IPAddress address) {
        for (IPAddress block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
