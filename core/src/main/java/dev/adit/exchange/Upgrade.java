package dev.adit.exchange;

import dev.adit.route.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Another protocol that a client asks for instead of an answer: on its connection (RFC 9110 section 7.8), or as a WebSocket
 * on a stream of HTTP/2 (RFC 8441), which HTTP/1.1 knows only as an upgrade of a connection.
 *
 * <pre>
 *   the client asks            an endpoint of HTTP/1.1                 an endpoint of HTTP/2
 *   GET, Upgrade               the same: 101                           cannot switch: an ordinary request
 *   CONNECT, :protocol         GET, Upgrade, our key: 101, now 200     the same: 2xx
 * </pre>
 */
final class Upgrade {
    static final String WEBSOCKET = "websocket";

    private final String protocol;
    /** Null if the client asks on a connection, and so has its own if it needs one. */
    private final @Nullable WebSocketKey key;

    private Upgrade(String protocol, @Nullable WebSocketKey key) {
        this.protocol = protocol;
        this.key = key;
    }

    /** Tells {@code exchange} what its request asks for, if it asks for any. */
    static void remember(Exchange exchange) {
        RequestHead request = exchange.request();
        String protocol = request.headers().get("Upgrade");
        if (request.protocol() != null) {
            WebSocketKey key = new WebSocketKey(exchange.factory().random());
            exchange.detour().switchTo(new Upgrade(WEBSOCKET, key));
        } else if (protocol != null && asksOnConnection(request, protocol)) {
            exchange.detour().switchTo(new Upgrade(protocol, null));
        }
    }

    /** HTTP/1.1, one protocol, nominated by Connection, no body; h2c ends at this hop and is not offered to the upstream. */
    private static boolean asksOnConnection(RequestHead request, String protocol) {
        Headers headers = request.headers();
        return request.version() == HttpVersion.HTTP_1_1
                && headers.count("Upgrade") == 1
                && isProtocol(protocol)
                && Fields.listHolds(headers, "Connection", "upgrade")
                && hasNoBody(headers);
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

    /** Its name. */
    String protocol() {
        return protocol;
    }

    /** Whether the client asks on a stream of HTTP/2. */
    private boolean onStream() {
        return key != null;
    }

    /** Whether an endpoint that speaks {@code spoken} can be asked for it. */
    boolean possible(Protocol spoken) {
        return onStream() || !spoken.isHttp2();
    }

    /** Whether such an endpoint is asked on a stream, too. */
    boolean staysConnect(Protocol spoken) {
        return onStream() && spoken.isHttp2();
    }

    /** Whether what the client says in that field of its request is for us to say. */
    boolean replaces(CharSequence name) {
        return onStream() && Fields.is(name, "sec-websocket-key");
    }

    /** Writes the fields that ask an endpoint of HTTP/1.1, but for {@code Connection}. */
    void write(RequestSink to) {
        to.field("Upgrade", protocol);
        if (key != null) {
            to.field("Sec-WebSocket-Key", key.text());
        }
    }

    /** Whether the answer of an endpoint that speaks {@code spoken} grants it. */
    boolean isGranted(ResponseHead answer, Protocol spoken) {
        if (staysConnect(spoken)) {
            return answer.status() >= 200 && answer.status() < 300;
        }
        return answer.status() == 101 && (key == null || key.isAnsweredBy(answer.headers()));
    }

    /** The least status of an answer that does not grant it, and does not look to the client as if it did. */
    int leastRefusal() {
        return onStream() ? 300 : 200;
    }

    /** The status that tells the client that it is granted. */
    int grantStatus() {
        return onStream() ? 200 : 101;
    }

    /** Writes the fields that tell the client so. */
    void writeGrant(ResponseHead answer, ResponseSink to) {
        String switched = answer.headers().get("Upgrade");
        if (!onStream()) {
            to.field("Connection", "Upgrade");
            if (switched != null) {
                to.field("Upgrade", switched);
            }
        }
    }

    /** Whether that field of an answer that grants it was meant for us. */
    boolean endsInGrant(CharSequence name) {
        return onStream() && Fields.is(name, "sec-websocket-accept");
    }
}
