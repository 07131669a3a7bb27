package dev.adit.jetty;

import dev.adit.exchange.ResponseSink;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Writes a head that core hands out into the fields of Jetty's response. */
final class ResponseWriter implements ResponseSink {
    private final HttpFields.Mutable to;
    private final @Nullable FieldHeaders source;
    private int status;

    /** @param source whose fields are passed on, or null */
    ResponseWriter(HttpFields.Mutable to, @Nullable FieldHeaders source) {
        this.to = to;
        this.source = source;
    }

    int status() {
        return status;
    }

    @Override
    public void start(int status) {
        this.status = status;
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        HttpField field = source == null ? new HttpField(name.toString(), value.toString()) : source.field(name, value);
        HttpHeader header = field.getHeader();
        if (header == HttpHeader.DATE || header == HttpHeader.SERVER) {
            // The server has put its own in already.
            to.put(field);
        } else {
            to.add(field);
        }
    }
}
