package dev.adit.jetty;

import dev.adit.exchange.ResponseHead;
import org.eclipse.jetty.http.HttpFields;

/** An upstream's answer as core reads it. */
record UpstreamResponseHead(int status, HttpFields fields, FieldHeaders headers) implements ResponseHead {
    UpstreamResponseHead(int status, HttpFields fields) {
        this(status, fields, new FieldHeaders(fields));
    }
}
