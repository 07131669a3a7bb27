package dev.adit.exchange;

import dev.adit.balancer.Lease;
import dev.adit.balancer.Pool;
import dev.adit.route.Backend;
import dev.adit.route.Route;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A sub-request that an exchange waits for, and what follows from its answer. */
abstract class ConsultStep extends SubRequest implements Consult {
    private final Tried tried = new Tried();
    private int attempts = 1;
    private boolean fresh;

    ConsultStep(Exchange exchange, Backend backend, Lease lease) {
        super(exchange, backend, lease.endpoint());
    }

    /** The next step of the exchange. */
    abstract Step answered(ConsultAnswer answer);

    /** The next step of the exchange if nobody answers. */
    abstract Step failed();

    @Override
    public final boolean freshConnection() {
        return fresh;
    }

    /**
     * Where to ask again: elsewhere, or with no other endpoint, and if a connection that had been kept open broke, once on
     * a fresh connection to the same. To ask twice does no harm.
     *
     * @return {@code failed} itself, the lease of another endpoint, or null to give up
     */
    @Nullable
    Lease again(UpstreamFailure failure, Lease failed) {
        Pool pool = backend().pool();
        Route route = Objects.requireNonNull(exchange.route());
        if (pool == null || failure.kind() == UpstreamFailure.Kind.BAD_RESPONSE) {
            return null;
        }
        if (attempts < route.policies().retry().tries()) {
            tried.add(failed.endpoint());
            Lease other = pool.lease(tried);
            if (other != null) {
                attempts++;
                fresh = false;
                endpoint(other.endpoint());
                return other;
            }
        }
        if (failure.stale() && !fresh) {
            fresh = true;
            return failed;
        }
        return null;
    }
}
