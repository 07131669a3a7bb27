package dev.adit.jetty;

import dev.adit.exchange.ResponseSink;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** Writes a head that core hands out into the fields of Jetty's response. */
final class ResponseWriter implements ResponseSink {
    private final HttpFields.Mutable to;
    private int status;

    ResponseWriter(HttpFields.Mutable to) {
        this.to = to;
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
        HttpField field = new HttpField(name.toString(), value.toString());
        HttpHeader header = field.getHeader();
        if (header == HttpHeader.DATE || header == HttpHeader.SERVER) {
            // The server has put its own in already.
            to.put(field);
        } else {
            to.add(field);
        }
    }
}
