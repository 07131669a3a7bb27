package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.policy.Mirror;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import java.util.ArrayList;
import java.util.List;

/** A copy of the client's request for somebody who only listens. */
final class MirrorCopy extends SubRequest implements Mirrored {
    private final Mirror how;

    private MirrorCopy(Exchange exchange, Mirror how, Backend backend, Endpoint endpoint) {
        super(exchange, backend, endpoint);
        this.how = how;
    }

    /** The copies that {@code mirrors} ask for; who has no endpoint gets none. */
    static List<Mirrored> of(Exchange exchange, List<Route.MirrorBackend> mirrors) {
        List<Mirrored> copies = new ArrayList<>(mirrors.size());
        for (Route.MirrorBackend mirror : mirrors) {
            Pool pool = mirror.backend().pool();
            Lease lease = pool == null ? null : pool.lease(PickKey.ANY);
            if (lease != null) {
                // It may outlive the exchange, and nobody hears how it went: so it counts as nothing at its endpoint.
                lease.close(LeaseOutcome.ABANDONED);
                copies.add(new MirrorCopy(exchange, mirror.how(), mirror.backend(), lease.endpoint()));
            }
        }
        return copies;
    }

    @Override
    public int bodyLimit() {
        return how.maxBody();
    }

    @Override
    public void writeHead(RequestSink to) {
        to.start(exchange.request().method(), how.prefix().concat(exchange.matchedTarget()));
        to.field("Host", how.host().isEmpty() ? exchange.authority() : how.host());
        copyFields(to, name -> true);
        IdentityFields.write(exchange, to);
    }
}
