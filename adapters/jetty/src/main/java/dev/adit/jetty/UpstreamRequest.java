package dev.adit.jetty;

import dev.adit.exchange.RequestSink;
import java.net.URI;
import java.util.function.Consumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpConversation;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.jspecify.annotations.Nullable;

/** A request of Jetty's client that is sent as core writes it: the method's case and the target's bytes are kept. */
final class UpstreamRequest extends HttpRequest implements RequestSink {
    /** For cookies and credentials, which are not kept. Where a request goes to is said by its destination. */
    private static final URI NOWHERE = URI.create("http://upstream.invalid/");

    private final Consumer<UpstreamResponseHead> interims;
    private final FieldHeaders source;
    private String method = "GET";
    private String path = "/";
    private @Nullable String query;

    /**
     * A request without fields.
     *
     * @param interims hears of interim answers
     * @param source whose fields are passed on
     */
    UpstreamRequest(HttpClient client, Consumer<UpstreamResponseHead> interims, FieldHeaders source) {
        super(client, new HttpConversation(), NOWHERE);
        this.interims = interims;
        this.source = source;
    }

    void interim(UpstreamResponseHead head) {
        interims.accept(head);
    }

    @Override
    public void start(String method, String target) {
        this.method = method;
        int mark = target.indexOf('?');
        path = mark < 0 ? target : target.substring(0, mark);
        query = mark < 0 ? null : target.substring(mark + 1);
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        addHeader(source.field(name, value));
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public String getPath() {
        return path;
    }

    @Override
    public @Nullable String getQuery() {
        return query;
    }

    @Override
    public URI getURI() {
        return NOWHERE;
    }
}
