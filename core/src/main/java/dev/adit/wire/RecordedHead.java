package dev.adit.wire;

import dev.adit.balancer.Endpoint;
import dev.adit.exchange.RequestSink;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of a sub-request as it was when it was written: it may be sent when the client's connection has long gone on to
 * its next request.
 */
public final class RecordedHead implements UpstreamRequest, RequestSink {
    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();
    private final Backend backend;
    private final Endpoint endpoint;
    private final Timeouts timeouts;
    private final boolean closes;
    private String method = "";
    private String target = "";

    private RecordedHead(UpstreamRequest request) {
        backend = request.backend();
        endpoint = request.endpoint();
        timeouts = request.timeouts();
        closes = request.closes();
    }

    /** The head of {@code request} as it is now. */
    public static RecordedHead of(UpstreamRequest request) {
        RecordedHead head = new RecordedHead(request);
        request.writeHead(head);
        return head;
    }

    /** The method that is asked for. */
    public String method() {
        return method;
    }

    @Override
    public void start(String method, String target) {
        this.method = method;
        this.target = target;
    }

    @Override
    public void field(CharSequence name, CharSequence value) {
        fields.add(new Field(name.toString(), value.toString()));
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public Timeouts timeouts() {
        return timeouts;
    }

    @Override
    public boolean closes() {
        return closes;
    }

    @Override
    public void writeHead(RequestSink sink) {
        sink.start(method, target);
        fields.forEach(field -> sink.field(field.name, field.value));
    }
}
