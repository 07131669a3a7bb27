package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.balancer.Pool;
import dev.adit.policy.Retry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What only an exchange needs that asks others, repeats itself, counts its body or switches protocols: most do not, and pay
 * for it with one null reference. Confined to its exchange, but for {@link #body}.
 */
final class Detour {
    /** The endpoints at which the request has failed, and whatever else the choice of one depends on. */
    Tried tried = new Tried();

    /** Counts the request's body, or null if that may have any length. */
    @Nullable
    BodyCount body;

    /** What is known of the client, or null if it was not asked. */
    @Nullable
    ClientIdentity identity;

    /** What the exchange has waited for, or null. */
    @Nullable
    AwaitStep waiting;

    private final Exchange exchange;
    /** The sub-request that is under way, or null. */
    private @Nullable ConsultStep asked;
    /** The last attempt at an upstream as long as the exchange's lease is that of a sub-request; it is closed. */
    private @Nullable Lease attempt;

    private @Nullable AuthGrant grant;
    private @Nullable Upgrade upgrade;

    Detour(Exchange exchange) {
        this.exchange = exchange;
    }

    /** What an external authentication gave the request, or null. */
    @Nullable
    AuthGrant grant() {
        return grant;
    }

    /** The protocol that the client wants to switch to, or null. */
    @Nullable
    Upgrade upgrade() {
        return upgrade;
    }

    /** The {@code Set-Cookie} values that the answer of {@code status} takes along. */
    List<String> cookies(int status) {
        List<String> granted = grant != null && grant.setsCookies(status) ? grant.cookies() : List.of();
        Endpoint by = Objects.requireNonNull(exchange.lease()).endpoint();
        String own = tried instanceof RequestKey key ? key.cookie(exchange, by) : null;
        if (own == null) {
            return granted;
        }
        List<String> all = new ArrayList<>(granted);
        all.add(own);
        return all;
    }

    void switchTo(Upgrade wanted) {
        upgrade = wanted;
    }

    /** An external authentication lets the request pass. */
    Step granted(AuthGrant given) {
        grant = given;
        return BackendChoice.of(exchange, Objects.requireNonNull(exchange.route()));
    }

    /** A lease of an endpoint where the request has not failed, or null if there is none or it has tried enough. */
    @Nullable
    Lease another(Retry retry, Lease failed) {
        Pool pool = Objects.requireNonNull(exchange.backend()).pool();
        if (pool == null || !exchange.isOpen() || exchange.attempts() >= retry.tries()) {
            return null;
        }
        tried.add(failed.endpoint());
        return pool.retry(tried);
    }

    /** The last attempt at an upstream. */
    @Nullable
    Lease attempt() {
        return attempt;
    }

    /** Asks. The exchange holds {@code lease} from now on. */
    Step consult(ConsultStep step, Lease lease) {
        attempt = exchange.lease();
        asked = step;
        return exchange.consulting(step, lease);
    }

    Step answered(ConsultAnswer answer) {
        return resume(LeaseOutcome.ANSWERED).answered(answer);
    }

    Step failed(UpstreamFailure failure) {
        ConsultStep step = Objects.requireNonNull(asked);
        Lease failed = Objects.requireNonNull(exchange.lease());
        Lease next = exchange.isOpen() ? step.again(failure, failed) : null;
        if (next == failed) {
            return step;
        }
        LeaseOutcome outcome = exchange.factory().failed(exchange, failure, failed);
        if (next == null) {
            return resume(outcome).failed();
        }
        Step again = exchange.consulting(step, next);
        failed.close(outcome);
        return again;
    }

    /** Ends the sub-request and returns it. */
    private ConsultStep resume(LeaseOutcome outcome) {
        ConsultStep step = Objects.requireNonNull(asked);
        asked = null;
        exchange.resume(outcome, attempt);
        attempt = null;
        return step;
    }
}
