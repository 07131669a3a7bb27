package dev.adit.exchange;

import dev.adit.balancer.Endpoint;
import dev.adit.policy.Timeouts;
import dev.adit.route.Backend;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What requests have in common that go out beside the client's own: they carry its fields, as far as those concern them. */
abstract class SubRequest implements UpstreamRequest {
    final Exchange exchange;
    private final Backend backend;
    private Endpoint endpoint;

    SubRequest(Exchange exchange, Backend backend, Endpoint endpoint) {
        this.exchange = exchange;
        this.backend = backend;
        this.endpoint = endpoint;
    }

    @Override
    public final Backend backend() {
        return backend;
    }

    @Override
    public final Endpoint endpoint() {
        return endpoint;
    }

    final void endpoint(Endpoint other) {
        endpoint = other;
    }

    @Override
    public final Timeouts timeouts() {
        return Objects.requireNonNull(exchange.route()).policies().timeouts();
    }

    /** Passes on the client's fields that {@code passes} lets through, and none that may not go on in any case. */
    final void copyFields(RequestSink to, Predicate<CharSequence> passes) {
        Headers headers = exchange.request().headers();
        List<String> nominated = Fields.nominated(headers);
        AuthGrant grant = exchange.grant();
        headers.forEach((name, value) -> {
            boolean goesOn = switch (Fields.ofRequest(name)) {
                case FORWARDED -> nominated == null || !Fields.contains(nominated, name);
                case PROTECTED -> true;
                case DROPPED, IDENTITY, FAILOVER -> false;
            };
            if (goesOn && passes.test(name) && (grant == null || !grant.replaces(name))) {
                to.field(name, value);
            }
        });
    }

    /** Whether a field is about the resource that the client asked for, or about the body it sends: not for others. */
    static boolean isAboutContent(CharSequence name) {
        return Fields.startsWith(name, "if-") || Fields.startsWith(name, "content-") || Fields.is(name, "range");
    }
}
