package dev.adit.exchange;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code host[:port]} of a Host field, an {@code :authority} or an absolute target.
 *
 * <p>Hosts are letters, digits, hyphens and underscores in labels, at most {@value #MAX_HOST} characters, with at most one
 * trailing dot (not part of the name), or an IPv4 address, or an IPv6 address in brackets. Everything else, user info and
 * U-labels included, is refused. Source: RFC 3986 section 3.2, RFC 9110 section 7.2; underscores are common inside clusters.
 */
final class Authority {
    /** Longest name in characters, RFC 1035 section 2.3.4. */
    static final int MAX_HOST = 253;

    private static final int MAX_PORT = 65535;

    private Authority() {}

    /**
     * What rules are compared with: the name in lower case without port and trailing dot. Empty for no name at all and for
     * addresses, which only rules without a host serve.
     *
     * @return {@code authority} itself if it is such a name, or null if it must be refused
     */
    static @Nullable String matchedHost(String authority) {
        if (authority.isEmpty()) {
            return "";
        }
        String name = name(authority);
        return name == null ? null : isAddress(name) ? "" : name;
    }

    /** The host without port, as it is written in URLs: lower case, brackets kept; null if illegal or empty. */
    static @Nullable String name(String authority) {
        int end = authority.startsWith("[") ? literalEnd(authority) : nameEnd(authority);
        if (end <= 0 || port(authority, end) < -1) {
            return null;
        }
        boolean dot = authority.charAt(end - 1) == '.';
        return lowerCase(authority, dot ? end - 1 : end);
    }

    /** Whether two authorities are the same once both are normal and a missing port is {@code defaultPort}. */
    static boolean same(String one, String other, int defaultPort) {
        if (one.equals(other)) {
            return true;
        }
        String name = name(one);
        return name != null
                && name.equals(name(other))
                && effectivePort(one, defaultPort) == effectivePort(other, defaultPort);
    }

    /** The port that is written, or {@code defaultPort} if there is none. */
    static int effectivePort(String authority, int defaultPort) {
        int end = authority.startsWith("[") ? literalEnd(authority) : nameEnd(authority);
        int port = end < 0 ? -1 : port(authority, end);
        return port < 0 ? defaultPort : port;
    }

    /** The end of the brackets, or -1. */
    private static int literalEnd(String authority) {
        int bracket = authority.indexOf(']');
        // The longest spelling of an IPv6 address has 45 characters; zones are no business of the other side.
        if (bracket < 0 || bracket > 46 || authority.indexOf('%') >= 0) {
            return -1;
        }
        return Addresses.isIPv6(authority.substring(1, bracket)) ? bracket + 1 : -1;
    }

    /** The end of the name, trailing dot included, or -1 if it is none. */
    private static int nameEnd(String authority) {
        int label = 0;
        int i = 0;
        for (; i < authority.length() && authority.charAt(i) != ':'; i++) {
            char c = authority.charAt(i);
            if (c == '.') {
                if (i == label) {
                    return -1;
                }
                label = i + 1;
            } else if (!isLabelCharacter(c)) {
                return -1;
            }
        }
        int length = i > 0 && label == i ? i - 1 : i;
        return length == 0 || length > MAX_HOST ? -1 : i;
    }

    private static boolean isLabelCharacter(char c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' && c < 0x80 || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /** The port from {@code end} on: -1 if there is none or it is empty, -2 if it is illegal. */
    private static int port(String authority, int end) {
        if (end == authority.length()) {
            return -1;
        }
        if (authority.charAt(end) != ':') {
            return -2;
        }
        int port = -1;
        for (int i = end + 1; i < authority.length(); i++) {
            int digit = authority.charAt(i) - '0';
            port = Math.max(port, 0) * 10 + digit;
            if (digit < 0 || digit > 9 || port > MAX_PORT) {
                return -2;
            }
        }
        return port;
    }

    private static String lowerCase(String text, int end) {
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return text.substring(0, end).toLowerCase(Locale.ROOT);
            }
        }
        return end == text.length() ? text : text.substring(0, end);
    }

    /** Whether a name that {@link #name} answered is an IPv6 literal or four decimal numbers below 256. */
    private static boolean isAddress(String name) {
        if (name.charAt(0) == '[') {
            return true;
        }
        int dots = 0;
        int number = 0;
        for (int i = 0; i < name.length() && number < 256; i++) {
            char c = name.charAt(i);
            if (c == '.') {
                dots++;
                number = 0;
            } else if (c >= '0' && c <= '9') {
                number = number * 10 + c - '0';
            } else {
                return false;
            }
        }
        return dots == 3 && number < 256;
    }
}
