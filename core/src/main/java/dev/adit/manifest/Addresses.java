package dev.adit.manifest;

import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import org.jspecify.annotations.Nullable;

/** IP addresses as the API server reads them: one address in dotted or colon form, leading zeros allowed. */
final class Addresses {
    private static final int LONGEST = 64;
    private static final IPAddressStringParameters SYNTAX = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowPrefix(false)
            .allowMask(false)
            .allowWildcardedSeparator(false)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(true)
            .allowUnlimitedLeadingZeros(true)
            .allowBinary(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(false)
            .allowBase85(false)
            .allowBinary(false)
            .allowMixed(true)
            .getParentBuilder()
            .toParams();

    private Addresses() {}

    private static @Nullable IPAddress parse(String text) {
        return text.length() > LONGEST ? null : new IPAddressString(text, SYNTAX).getAddress();
    }

    static boolean isAddress(String text) {
        return parse(text) != null;
    }

    /** What is wrong with an address of a family, or null. An IPv4 address written in IPv6 counts as IPv4. */
    static @Nullable String problem(String text, boolean ipv6) {
        IPAddress address = parse(text);
        boolean isIpv6 =
                address != null && address.isIPv6() && !address.toIPv6().isIPv4Mapped();
        if (address == null || isIpv6 != ipv6) {
            return "must be an " + (ipv6 ? "IPv6" : "IPv4") + " address";
        }
        return null;
    }

    /**
     * What makes an address unfit for an endpoint, or null: those of this machine and this link would let a slice reach
     * what the network hides (k8s.io/kubernetes, ValidateNonSpecialIP).
     */
    static @Nullable String special(String text) {
        IPAddress address = parse(text);
        if (address == null) {
            return null;
        }
        IPAddress a = address.isIPv6() && address.toIPv6().isIPv4Mapped()
                ? address.toIPv6().getEmbeddedIPv4Address()
                : address;
        if (a.isAnyLocal()) {
            return "is the unspecified address";
        }
        if (a.isLoopback()) {
            return "is a loopback address";
        }
        if (a.isMulticast() && (a.isLinkLocal() || isLocalControl(a))) {
            return "is a link-local multicast address";
        }
        return a.isLinkLocal() ? "is a link-local address" : null;
    }

    /** 224.0.0.0/24, RFC 5771 section 4. */
    private static boolean isLocalControl(IPAddress address) {
        byte[] bytes = address.getBytes();
        return bytes.length == 4 && (bytes[0] & 0xff) == 224 && bytes[1] == 0 && bytes[2] == 0;
    }
}
