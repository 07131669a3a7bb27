package dev.adit.undertow;

import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import org.jspecify.annotations.Nullable;

/**
 * A client's request, as it came where a {@link RequestGuard} reads it. Elsewhere, as Undertow read it: the target is put
 * together from the parts that it keeps as they came, and of an empty query the question mark is lost.
 */
final class RequestView implements RequestHead {
    private final String method;
    private final String target;
    private final HttpVersion version;
    private final HeaderView headers;

    RequestView(HttpServerExchange exchange) {
        RequestGuard.Head read = RequestGuard.headOf(exchange);
        if (read != null) {
            method = read.method();
            target = read.target();
            version = read.version();
            headers = new HeaderView(read.fields());
            return;
        }
        method = exchange.getRequestMethod().toString();
        String path = exchange.getRequestURI();
        String query = exchange.getQueryString();
        target = query.isEmpty() ? path : path + "?" + query;
        version = versionOf(exchange.getProtocol());
        headers = new HeaderView(exchange.getRequestHeaders());
    }

    private static HttpVersion versionOf(HttpString protocol) {
        if (protocol.equals(Protocols.HTTP_2_0)) {
            return HttpVersion.HTTP_2;
        }
        return protocol.equals(Protocols.HTTP_1_1) ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public HttpVersion version() {
        return version;
    }

    /** Undertow puts {@code :authority} into Host. */
    @Override
    public @Nullable String authority() {
        return version == HttpVersion.HTTP_2 ? headers.get("Host") : null;
    }

    @Override
    public HeaderView headers() {
        return headers;
    }
}
