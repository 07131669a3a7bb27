package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Protocol;
import dev.adit.route.Route;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One attempt at one endpoint, and the filter that a request's head passes on its way there. */
final class ForwardStep implements Forward, Headers.Visitor {
    private final Exchange exchange;
    private final Lease lease;
    private @Nullable RequestSink sink;

    ForwardStep(Exchange exchange, Lease lease) {
        this.exchange = exchange;
        this.lease = lease;
    }

    @Override
    public Backend backend() {
        return Objects.requireNonNull(exchange.backend());
    }

    @Override
    public Endpoint endpoint() {
        return lease.endpoint();
    }

    @Override
    public Protocol protocol() {
        return backend().protocol();
    }

    @Override
    public Timeouts timeouts() {
        return route().timeouts();
    }

    private Route route() {
        return Objects.requireNonNull(exchange.route());
    }

    @Override
    public boolean freshConnection() {
        return exchange.freshConnection();
    }

    @Override
    public @Nullable String upgrade() {
        return exchange.upgrade();
    }

    @Override
    public void writeHead(RequestSink to) {
        Headers headers = exchange.request().headers();
        sink = to;
        to.start(exchange.request().method(), exchange.upstreamTarget());
        to.field("Host", exchange.authority());
        List<String> nominated = Fields.nominated(headers);
        if (nominated == null) {
            headers.forEach(this);
        } else {
            headers.forEach((name, value) -> {
                if (Fields.ofRequest(name) != Fields.Treatment.FORWARDED || !Fields.contains(nominated, name)) {
                    field(name, value);
                }
            });
        }
        writeConnection(to, headers);
        writeIdentity(to, headers);
        if (exchange.failedOver()) {
            writeFailover(to, headers);
        }
        sink = null;
    }

    /** Receives the client's fields and passes on what may go on. */
    @Override
    public void field(CharSequence name, CharSequence value) {
        boolean passes = switch (Fields.ofRequest(name)) {
            case FORWARDED, PROTECTED -> true;
            case DROPPED -> false;
            case IDENTITY -> exchange.connection().trusted();
            case FAILOVER -> !exchange.failedOver();
        };
        if (passes && sink != null) {
            sink.field(name, value);
        }
    }

    private void writeConnection(RequestSink to, Headers headers) {
        String upgrade = upgrade();
        boolean trailers = Fields.listHolds(headers, "TE", "trailers");
        if (trailers) {
            to.field("TE", "trailers");
        }
        if (upgrade != null) {
            to.field("Connection", trailers ? "Upgrade, TE" : "Upgrade");
            to.field("Upgrade", upgrade);
        } else if (trailers && protocol() != Protocol.H2C) {
            to.field("Connection", "TE");
        }
    }

    private void writeIdentity(RequestSink to, Headers headers) {
        Client client = exchange.client();
        to.field("X-Request-ID", exchange.requestId());
        to.field("X-Real-IP", client.address());
        to.field("X-Forwarded-For", client.forwardedFor());
        if (!exchange.askedAuthority().isEmpty()) {
            to.field("X-Forwarded-Host", exchange.askedAuthority());
        }
        to.field("X-Forwarded-Port", client.port());
        to.field("X-Forwarded-Proto", client.scheme());
        to.field("X-Forwarded-Scheme", client.scheme());
        to.field("X-Scheme", client.scheme());
        if (exchange.tellsOriginals()) {
            writeOriginal(to, headers, "X-Forwarded-For", "X-Original-Forwarded-For");
            writeOriginal(to, headers, "X-Forwarded-Host", "X-Original-Forwarded-Host");
        }
    }

    private static void writeOriginal(RequestSink to, Headers headers, String name, String original) {
        List<String> values = headers.all(name);
        if (!values.isEmpty()) {
            to.field(original, String.join(", ", values));
        }
    }

    private void writeFailover(RequestSink to, Headers headers) {
        Backend meant = route().backend();
        String ingress = route().ingress();
        String accept = headers.get("Accept");
        to.field("X-Code", "503");
        to.field("X-Format", accept == null ? "" : accept);
        to.field("X-Namespace", meant.namespace());
        to.field("X-Ingress-Name", ingress.substring(ingress.indexOf('/') + 1));
        to.field("X-Service-Name", meant.service());
        to.field("X-Service-Port", meant.port());
    }
}
