package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.policy.Retry;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import dev.adit.route.RoutePolicies;
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
    public Timeouts timeouts() {
        return policies().timeouts();
    }

    private RoutePolicies policies() {
        return Objects.requireNonNull(exchange.route()).policies();
    }

    @Override
    public boolean freshConnection() {
        return exchange.freshConnection();
    }

    @Override
    public @Nullable String upgrade() {
        Upgrade upgrade = exchange.upgrade();
        return upgrade == null ? null : upgrade.protocol();
    }

    @Override
    public int replayLimit() {
        Retry retry = policies().retry();
        int limit = Retries.bears(retry, exchange.request()) ? retry.replayBytes() : 0;
        List<Route.MirrorBackend> mirrors = policies().mirrors();
        for (int i = 0; i < mirrors.size(); i++) {
            limit = Math.max(limit, mirrors.get(i).how().maxBody());
        }
        return limit;
    }

    @Override
    public List<Mirrored> mirrors() {
        List<Route.MirrorBackend> mirrors = policies().mirrors();
        // The greeting of another protocol without the conversation after it tells nobody anything.
        boolean none = mirrors.isEmpty() || exchange.attempts() > 1 || exchange.upgrade() != null;
        return none ? List.of() : MirrorCopy.of(exchange, mirrors);
    }

    @Override
    public void writeHead(RequestSink to) {
        Headers headers = exchange.request().headers();
        sink = to;
        Upgrade upgrade = exchange.upgrade();
        if (upgrade != null && upgrade.staysConnect(protocol())) {
            to.start("CONNECT", exchange.upstreamTarget());
            to.field(":protocol", upgrade.protocol());
        } else {
            to.start(Reading.method(exchange.request()), exchange.upstreamTarget());
        }
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
        IdentityFields.write(exchange, to);
        AuthGrant grant = exchange.grant();
        if (grant != null) {
            grant.fields().forEach(field -> to.field(field.getKey(), field.getValue()));
        }
        if (exchange.failedOver()) {
            FailureFields.write(exchange, 503, to);
        }
        sink = null;
    }

    /** Receives the client's fields and passes on what may go on. */
    @Override
    public void field(CharSequence name, CharSequence value) {
        boolean passes = switch (Fields.ofRequest(name)) {
            case FORWARDED, PROTECTED -> true;
            case DROPPED -> false;
            case IDENTITY ->
                exchange.connection().trusted() && (exchange.identity() == null || !ClientIdentity.isField(name));
            case FAILOVER -> !exchange.failedOver();
        };
        AuthGrant grant = exchange.grant();
        Upgrade upgrade = exchange.upgrade();
        boolean replaced = grant != null && grant.replaces(name) || upgrade != null && upgrade.replaces(name);
        if (passes && sink != null && !replaced) {
            sink.field(name, value);
        }
    }

    private void writeConnection(RequestSink to, Headers headers) {
        Upgrade upgrade = exchange.upgrade();
        boolean trailers = Fields.listHolds(headers, "TE", "trailers");
        if (trailers) {
            to.field("TE", "trailers");
        }
        if (protocol().isHttp2()) {
            return;
        }
        if (upgrade != null) {
            to.field("Connection", trailers ? "Upgrade, TE" : "Upgrade");
            upgrade.write(to);
        } else if (trailers) {
            to.field("Connection", "TE");
        }
    }
}
