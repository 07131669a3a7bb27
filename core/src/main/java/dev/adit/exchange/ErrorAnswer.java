package dev.adit.exchange;

import dev.adit.balancer.Lease;
import dev.adit.balancer.LeaseOutcome;
import dev.adit.policy.Retry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What becomes of an upstream's answer that is an error. */
final class ErrorAnswer {
    private ErrorAnswer() {}

    /** The step that spares the client an answer of {@code status}, or null to let it through. */
    static @Nullable Step insteadOf(Exchange exchange, int status, boolean replayable) {
        Lease answered = Objects.requireNonNull(exchange.lease());
        Retry retry = Objects.requireNonNull(exchange.route()).policies().retry();
        boolean again = Retries.allowed(retry, exchange.request(), status, replayable);
        Lease next = again ? exchange.detour().another(retry, answered) : null;
        if (next != null) {
            // That something is forbidden or not there is no failure of who says so.
            LeaseOutcome said = status == 403 || status == 404 ? LeaseOutcome.ANSWERED : LeaseOutcome.FAILED;
            return Exchange.after(exchange.attempt(next), answered, said);
        }
        Step page = ErrorPageStep.begin(exchange, status, null);
        if (page != null) {
            answered.close(LeaseOutcome.ANSWERED);
        }
        return page;
    }
}
