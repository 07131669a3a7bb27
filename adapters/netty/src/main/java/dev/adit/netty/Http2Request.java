package dev.adit.netty;

import dev.adit.exchange.Headers;
import dev.adit.exchange.HttpVersion;
import dev.adit.exchange.RequestHead;
import dev.adit.wire.Fields;
import org.jspecify.annotations.Nullable;

/** The head of a request that came by HTTP/2. */
record Http2Request(
        String method,
        String target,
        @Nullable String authority,
        @Nullable String protocol,
        Fields fields) implements RequestHead {
    @Override
    public HttpVersion version() {
        return HttpVersion.HTTP_2;
    }

    @Override
    public Headers headers() {
        return fields;
    }
}
