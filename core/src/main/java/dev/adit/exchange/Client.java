package dev.adit.exchange;

import inet.ipaddr.IPAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who the client is and what it asked for, as far as its peer is believed: an untrusted peer is the client itself, a
 * trusted one speaks for the client behind it. Immutable.
 *
 * @param address IP address as text
 * @param forwardedFor every address on the way, the peer last
 * @param secure whether the client spoke TLS
 * @param authority what a trusted peer says the client asked for, or null to take the request's own
 * @param port the port the client connected to, as text
 */
record Client(
        String address,
        String forwardedFor,
        boolean secure,
        @Nullable String authority,
        String port) {
    static Client direct(String address, boolean secure, int localPort) {
        return new Client(address, address, secure, null, Integer.toString(localPort));
    }

    /** Reads X-Forwarded-* of a trusted peer; what is missing or malformed there falls back to the connection's. */
    static Client behind(ClientConnection peer, Headers headers, Addresses trusted) {
        List<String> hops = headers.all("X-Forwarded-For");
        String proto = first(headers.get("X-Forwarded-Proto"));
        boolean known = "https".equalsIgnoreCase(proto) || "http".equalsIgnoreCase(proto);
        boolean secure = known ? "https".equalsIgnoreCase(proto) : peer.secure();
        String authority = first(headers.get("X-Forwarded-Host"));
        if (authority.isEmpty() || Authority.matchedHost(authority) == null) {
            authority = null;
        }
        String forwardedFor = hops.isEmpty()
                ? peer.address()
                : String.join(", ", hops).concat(", ").concat(peer.address());
        String port = first(headers.get("X-Forwarded-Port"));
        if (!isPort(port)) {
            int usual = known ? secure ? 443 : 80 : peer.localPort();
            port = Integer.toString(authority == null ? usual : Authority.effectivePort(authority, usual));
        }
        return new Client(clientAddress(peer.address(), hops, trusted), forwardedFor, secure, authority, port);
    }

    String scheme() {
        return secure ? "https" : "http";
    }

    /** The right-most address that is not trusted: those left of it are the client's own word. */
    private static String clientAddress(String peer, List<String> hops, Addresses trusted) {
        String client = peer;
        for (int i = hops.size() - 1; i >= 0; i--) {
            String list = hops.get(i);
            for (int end = list.length(); end > 0; ) {
                int comma = list.lastIndexOf(',', end - 1);
                IPAddress hop = Addresses.parse(list.substring(comma + 1, end));
                if (hop == null) {
                    return client;
                }
                client = hop.toCanonicalString();
                if (!trusted.contain(hop)) {
                    return client;
                }
                end = comma;
            }
        }
        return client;
    }

    private static String first(@Nullable String list) {
        if (list == null) {
            return "";
        }
        int comma = list.indexOf(',');
        return (comma < 0 ? list : list.substring(0, comma)).strip();
    }

    private static boolean isPort(String text) {
        return !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) >= 1
                && Integer.parseInt(text) <= 65535;
    }
}
