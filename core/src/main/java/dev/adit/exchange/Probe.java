package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.HealthCheck;
import dev.adit.balancer.HealthChecks;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;

/**
 * A request that asks an endpoint whether it is up; no client waits for it. Its answer's head is enough. The first report
 * counts, and none that comes after the check's timeout.
 */
public final class Probe implements UpstreamRequest {
    private final HealthChecks.Probe due;
    private final Backend backend;

    Probe(HealthChecks.Probe due) {
        this.due = due;
        boolean secure = due.check().how() instanceof HealthCheck.Way.Http http && http.secure();
        Protocol protocol = secure ? Protocol.HTTPS : Protocol.HTTP;
        Protocol trusting = secure && due.check().via() instanceof Protocol of ? protocol.withTlsOf(of) : protocol;
        this.backend = new Backend("", "", "", trusting, null, "", 503, null);
    }

    /** Whether a connection is all that is wanted: then nothing is sent, and it is closed. */
    public boolean onlyConnects() {
        return due.check().how() instanceof HealthCheck.Way.Tcp;
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

    /** Nobody else is to use a connection that was made to see whether one can be made. */
    @Override
    public boolean closes() {
        return true;
    }

    @Override
    public void writeHead(RequestSink sink) {
        if (due.check().how() instanceof HealthCheck.Way.Http http) {
            sink.start("GET", http.path());
            sink.field("Host", http.host().isEmpty() ? endpoint().authority() : http.host());
            sink.field("User-Agent", "adit-health-check");
            sink.field("Connection", "close");
        }
    }

    /** The connection stands, where that is all that is wanted. */
    public void connected() {
        due.report(true, "connected");
    }

    /** The endpoint has answered. */
    public void answered(ConsultAnswer answer) {
        boolean passed = due.check().how() instanceof HealthCheck.Way.Http http && http.passes(answer.status());
        due.report(passed, "status " + answer.status());
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
