package dev.adit.exchange;

import dev.adit.route.Protocol;

/** Whether a client asks for another protocol on its connection (RFC 9110 section 7.8). */
final class Upgrades {
    private Upgrades() {}

    /** HTTP/1.1, one protocol, nominated by Connection, no body; h2c ends at this hop and is not offered to the upstream. */
    static boolean asked(RequestHead request) {
        Headers headers = request.headers();
        String protocol = headers.get("Upgrade");
        return protocol != null
                && request.version() == HttpVersion.HTTP_1_1
                && headers.count("Upgrade") == 1
                && isProtocol(protocol)
                && Fields.listHolds(headers, "Connection", "upgrade")
                && hasNoBody(headers);
    }

    /** Whether an upstream that speaks {@code protocol} can switch. */
    static boolean possible(Protocol protocol) {
        return !protocol.isHttp2();
    }

    private static boolean isProtocol(String text) {
        int slash = text.indexOf('/');
        String name = slash < 0 ? text : text.substring(0, slash);
        return Fields.isToken(name)
                && (slash < 0 || Fields.isToken(text.substring(slash + 1)))
                && !name.equalsIgnoreCase("h2c");
    }

    private static boolean hasNoBody(Headers headers) {
        String length = headers.get("Content-Length");
        return headers.get("Transfer-Encoding") == null && (length == null || length.equals("0"));
    }
}
