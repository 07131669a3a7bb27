package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import org.jspecify.annotations.Nullable;

/**
 * A client's request as Undertow read it: the target is put together from the parts that it keeps as they came, and of an empty
 * query the question mark is lost.
 */
record RequestView(String method, String target, HttpVersion version, HeaderView headers) implements RequestHead {
    /** The request, as it came where a {@link RequestGuard} reads it. */
    static RequestHead of(HttpServerExchange exchange) {
        RequestGuard guard = RequestGuard.of(exchange);
        return guard == null ? read(exchange) : guard.head();
    }

    private static RequestView read(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (headers.count(Headers.COOKIE) > 1 && exchange.getProtocol().equals(Protocols.HTTP_2_0)) {
            // RFC 9113 section 8.2.3.
            headers.put(Headers.COOKIE, String.join("; ", headers.get(Headers.COOKIE)));
        }
        String path = exchange.getRequestURI();
        String query = exchange.getQueryString();
        return new RequestView(
                exchange.getRequestMethod().toString(),
                query.isEmpty() ? path : path + "?" + query,
                versionOf(exchange.getProtocol()),
                new HeaderView(headers));
    }

    private static HttpVersion versionOf(HttpString protocol) {
        if (protocol.equals(Protocols.HTTP_2_0)) {
            return HttpVersion.HTTP_2;
        }
        return protocol.equals(Protocols.HTTP_1_1) ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
    }

    /** Undertow puts {@code :authority} into Host. */
    @Override
    public @Nullable String authority() {
        return version == HttpVersion.HTTP_2 ? headers.get("Host") : null;
    }
}
