package dev.adit.exchange;

import dev.adit.balancer.Lease;
import dev.adit.balancer.PickKey;
import dev.adit.balancer.Pool;
import dev.adit.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Asks a backend how to word an error. Without its answer the client gets the error in our plain words. */
final class ErrorPageStep extends ConsultStep {
    private final Reply error;
    private final int maxBytes;

    private ErrorPageStep(Exchange exchange, Route.ErrorBackend pages, Lease lease, Reply error) {
        super(exchange, pages.backend(), lease);
        this.error = error;
        this.maxBytes = pages.when().maxBytes();
    }

    /**
     * Asks for a page in place of an answer of {@code status}.
     *
     * @param own what the client gets if there is no page; null to say it in our plain words
     * @return null if the route replaces no such answer, or nobody is there to ask
     */
    static @Nullable Step begin(Exchange exchange, int status, @Nullable Reply own) {
        Route.ErrorBackend pages =
                Objects.requireNonNull(exchange.route()).policies().errorPages();
        // A backend that stands in for another one words its errors itself.
        if (pages == null || exchange.failedOver() || !pages.when().statuses().contains(status)) {
            return null;
        }
        Pool pool = pages.backend().pool();
        Lease first = pool == null ? null : pool.lease(PickKey.ANY);
        if (first == null) {
            return null;
        }
        Reply error = own == null ? Replies.of(status, "error-page-failed") : own;
        return exchange.detour().consult(new ErrorPageStep(exchange, pages, first, error), first);
    }

    @Override
    public int answerLimit() {
        return maxBytes;
    }

    @Override
    public void writeHead(RequestSink to) {
        // Never HEAD: the page's length is known from its body, which a reply to HEAD leaves out.
        to.start("GET", "/");
        to.field("Host", exchange.authority());
        copyFields(to, name -> !isAboutContent(name));
        FailureFields.write(exchange, error.status(), to);
        to.field("X-Original-URI", exchange.matchedTarget());
        IdentityFields.write(exchange, to);
    }

    @Override
    Step answered(ConsultAnswer answer) {
        if (answer.status() < 200 || answer.status() == 204 || answer.status() == 304) {
            return failed();
        }
        Headers headers = answer.headers();
        List<String> nominated = Fields.nominated(headers);
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        headers.forEach((name, value) -> {
            if (!Fields.endsInResponse(name) && (nominated == null || !Fields.contains(nominated, name))) {
                fields.add(Map.entry(name.toString(), value.toString()));
            }
        });
        return exchange.reply(new Reply(answer.status(), "error-page", fields, answer.body(), error.close()));
    }

    @Override
    Step failed() {
        return exchange.reply(error);
    }
}
