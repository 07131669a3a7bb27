package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.HealthCheck.Way;
import dev.adit.balancer.HealthChecks;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request that asks an endpoint whether it is up; no client waits for it. Its answer's head is enough. The first report
 * counts, and none that comes after the check's timeout.
 */
public final class Probe implements UpstreamRequest {
    private final HealthChecks.Probe due;
    private final Backend backend;

    Probe(HealthChecks.Probe due) {
        this.due = due;
        Protocol asked = protocol(due.check().how());
        Protocol trusting = asked.isSecure() && due.check().via() instanceof Protocol of ? asked.withTlsOf(of) : asked;
        this.backend = new Backend("", "", "", trusting, null, "", 503, null);
    }

    private static Protocol protocol(Way how) {
        if (how instanceof Way.Grpc grpc) {
            return grpc.secure() ? Protocol.H2 : Protocol.H2C;
        }
        return how instanceof Way.Http http && http.secure() ? Protocol.HTTPS : Protocol.HTTP;
    }

    /** Whether a connection is all that is wanted: then nothing is sent, and it is closed. */
    public boolean onlyConnects() {
        return due.check().how() instanceof Way.Tcp;
    }

    /** Of nothing but a protocol; without a pool, so that no limit of connections keeps a probe from looking. */
    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Endpoint endpoint() {
        return due.endpoint();
    }

    /** What the check allows for all of it, for each part of it. */
    @Override
    public Timeouts timeouts() {
        return new Timeouts(
                due.check().timeout(), due.check().timeout(), due.check().timeout());
    }

    /**
     * Nobody else is to use a connection that was made to see whether one can be made. But one of HTTP/2 is shared with
     * requests: that it stands proves nothing, an answer does.
     */
    @Override
    public boolean closes() {
        return !protocol().isHttp2();
    }

    /** What to send after the head, or null to declare no body. */
    public @Nullable ByteBuffer body() {
        return due.check().how() instanceof Way.Grpc grpc ? GrpcHealth.request(grpc.service()) : null;
    }

    /** How many bytes of the answer's body are wanted at most; 0: its head is enough. */
    public int answerLimit() {
        return due.check().how() instanceof Way.Grpc ? GrpcHealth.ANSWER_BYTES : 0;
    }

    @Override
    public void writeHead(RequestSink sink) {
        if (due.check().how() instanceof Way.Http http) {
            sink.start("GET", http.path());
            common(sink, http.host());
            sink.field("Connection", "close");
        } else if (due.check().how() instanceof Way.Grpc grpc) {
            sink.start("POST", GrpcHealth.TARGET);
            common(sink, grpc.host());
            sink.field("Content-Type", "application/grpc");
            sink.field("TE", "trailers");
        }
    }

    private void common(RequestSink sink, String host) {
        sink.field("Host", host.isEmpty() ? endpoint().authority() : host);
        sink.field("User-Agent", "adit-health-check");
    }

    /** The connection stands, where that is all that is wanted. */
    public void connected() {
        due.report(true, "connected");
    }

    /** The endpoint has answered. */
    public void answered(ConsultAnswer answer) {
        if (due.check().how() instanceof Way.Grpc) {
            String said = GrpcHealth.read(answer);
            due.report(said.equals(GrpcHealth.SERVING), said);
        } else {
            boolean passed = due.check().how() instanceof Way.Http http && http.passes(answer.status());
            due.report(passed, "status " + answer.status());
        }
    }

    /** There is no connection to the endpoint, or none that could be used. */
    public void connectFailed(UpstreamFailure.Kind kind, String detail) {
        failed(new UpstreamFailure(kind, false, false, false, detail));
    }

    /** The endpoint has not answered. */
    public void failed(UpstreamFailure failure) {
        due.report(
                false,
                switch (failure.kind()) {
                    case CONNECT -> "no connection";
                    case UNTRUSTED -> failure.detail(); // said by ourselves, unlike others
                    case CONNECT_TIMEOUT, NO_ROOM -> "no connection in time";
                    case CLOSED -> "the connection broke";
                    case TIMEOUT -> "no answer in time";
                    case BAD_RESPONSE -> "the answer is not HTTP";
                });
    }

    @Override
    public String toString() {
        return "Probe[" + endpoint() + "]";
    }
}
