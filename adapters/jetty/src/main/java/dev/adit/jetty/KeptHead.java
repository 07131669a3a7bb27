package dev.adit.jetty;

import dev.adit.exchange.ResponseHead;
import org.eclipse.jetty.http.HttpFields;

/** An answer's head that outlives what it was read by. */
record KeptHead(int status, FieldHeaders headers) implements ResponseHead {
    static KeptHead of(ResponseHead head) {
        HttpFields.Mutable fields = HttpFields.build();
        head.headers().forEach((name, value) -> fields.add(name.toString(), value.toString()));
        return new KeptHead(head.status(), new FieldHeaders(fields));
    }
}
