package dev.adit.netty;

import dev.adit.exchange.Headers;
import dev.adit.exchange.ResponseHead;
import dev.adit.wire.Fields;

/** The head of an answer that came by HTTP/2. */
record Http2Response(int status, Fields fields) implements ResponseHead {
    @Override
    public Headers headers() {
        return fields;
    }
}
