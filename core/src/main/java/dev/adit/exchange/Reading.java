package dev.adit.exchange;

import dev.adit.route.RouteTable;
import org.jspecify.annotations.Nullable;

/** Reads what a request asks for: its method, host, path and query. Refuses what two readers might read differently. */
final class Reading {
    private Reading() {}

    /** Tells {@code exchange} what was read; returns the refusal, or null if there is none. */
    static @Nullable Reply of(Exchange exchange, RouteTable table) {
        RequestHead request = exchange.request();
        String method = request.method();
        if (!Fields.isToken(method)) {
            return Replies.BAD_METHOD;
        }
        String protocol = request.protocol();
        if (method.equals("TRACE") || method.equals("CONNECT") && protocol == null) {
            return Replies.METHOD_NOT_ALLOWED;
        }
        if (protocol != null && !protocol.equalsIgnoreCase(Upgrade.WEBSOCKET)) {
            return Replies.UNKNOWN_PROTOCOL;
        }
        String target = request.target();
        if (target.length() > RequestTarget.MAX_LENGTH) {
            return Replies.TARGET_TOO_LONG;
        }
        int authorityStart = target.startsWith("/") ? 0 : RequestTarget.authorityStart(target);
        if (authorityStart < 0 || authorityStart > 0 && request.version() == HttpVersion.HTTP_2) {
            return Replies.BAD_TARGET;
        }
        int pathStart = authorityStart == 0 ? 0 : RequestTarget.authorityEnd(target, authorityStart);
        Reply refusal = readHost(exchange, target, authorityStart, pathStart);
        if (refusal == null) {
            refusal = readPath(exchange, target, pathStart);
        }
        return refusal == null && misdirected(exchange, table) ? Replies.MISDIRECTED : refusal;
    }

    private static boolean misdirected(Exchange exchange, RouteTable table) {
        ClientConnection connection = exchange.connection();
        return connection.secure()
                && exchange.factory().settings().misdirectedRequests()
                && table.misdirected(connection.serverName(), exchange.host());
    }

    /** What the request does: the WebSocket that an extended CONNECT asks for begins with a GET (RFC 6455 section 4.1). */
    static String method(RequestHead request) {
        return request.protocol() == null ? request.method() : "GET";
    }

    private static @Nullable Reply readHost(Exchange exchange, String target, int start, int end) {
        RequestHead request = exchange.request();
        Headers headers = request.headers();
        String sent = headers.get("Host");
        boolean absolute = start > 0;
        String asked = absolute ? target.substring(start, end) : request.authority();
        if (asked == null) {
            asked = sent;
        }
        if (sent == null && request.version() == HttpVersion.HTTP_1_1
                || asked == null && request.version() == HttpVersion.HTTP_2
                || absolute && end == start
                || sent != null && headers.count("Host") > 1) {
            return Replies.BAD_HOST;
        }
        boolean secure =
                absolute ? RequestTarget.isHttps(target) : exchange.connection().secure();
        if (asked == null) {
            return null;
        }
        String matched = Authority.matchedHost(asked);
        if (matched == null || sent != null && !Authority.same(sent, asked, secure ? 443 : 80)) {
            return Replies.BAD_HOST;
        }
        exchange.asksFor(asked, matched);
        return null;
    }

    private static @Nullable Reply readPath(Exchange exchange, String target, int start) {
        int query = target.indexOf('?', start);
        String raw = query < 0 && start == 0 ? target : target.substring(start, query < 0 ? target.length() : query);
        String normal =
                RequestTarget.normalPath(raw, exchange.factory().settings().pathMode());
        if (normal == null || query >= 0 && !RequestTarget.legalQuery(target, query)) {
            return Replies.BAD_TARGET;
        }
        exchange.asksFor(normal, query, start == 0 && normal.equals(raw));
        return null;
    }
}
