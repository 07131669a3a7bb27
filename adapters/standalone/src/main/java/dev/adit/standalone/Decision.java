package dev.adit.standalone;

import dev.adit.Gateway;
import dev.adit.balancer.Endpoint;
import dev.adit.exchange.Await;
import dev.adit.exchange.ClientConnection;
import dev.adit.exchange.Consult;
import dev.adit.exchange.Exchange;
import dev.adit.exchange.Forward;
import dev.adit.exchange.Outcome;
import dev.adit.exchange.PassedConnection;
import dev.adit.exchange.Passthrough;
import dev.adit.exchange.Relay;
import dev.adit.exchange.Reply;
import dev.adit.exchange.RequestSink;
import dev.adit.exchange.StepHandler;
import dev.adit.exchange.UpstreamRequest;
import dev.adit.route.Route;
import dev.adit.tls.Identity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a gateway does with a request, as {@code adit route} prints it: the components are the fields of the JSON. */
sealed interface Decision {
    /**
     * The request goes to an endpoint, or somebody is asked about it before that. Header fields that occur several times have a list of values.
     *
     * @param upstreamQuery what follows the question mark, or null if there is none
     */
    record ToEndpoint(
            @Nullable JsonNode id,
            String outcome,
            String service,
            String endpoint,
            String upstreamPath,
            @Nullable String upstreamQuery,
            @Nullable Object upstreamHost,
            Map<String, Object> requestHeaders,
            @Nullable String ingress,
            Route.@Nullable Rule rule,
            @Nullable String certificate)
            implements Decision {}

    /**
     * The gateway sees no request: the TLS connection that would carry it is passed through.
     *
     * @param endpoint null if there is none
     */
    record PassedThrough(
            @Nullable JsonNode id,
            String outcome,
            String service,
            @Nullable String endpoint,
            String ingress,
            Route.@Nullable Rule rule)
            implements Decision {
        static PassedThrough of(@Nullable JsonNode id, Passthrough passthrough) {
            Endpoint endpoint = passthrough.endpoint();
            Route route = passthrough.route();
            return new PassedThrough(
                    id,
                    "passthrough",
                    route.backend().id(),
                    endpoint == null ? null : endpoint.authority(),
                    route.ingress(),
                    route.rule());
        }
    }

    /** The gateway answers itself. */
    record OwnReply(
            @Nullable JsonNode id,
            String outcome,
            int status,
            String reason,
            Map<String, Object> headers,
            @Nullable String body,
            @Nullable String certificate)
            implements Decision {}

    /** The line described no request. */
    record Failed(@Nullable JsonNode id, String outcome, String message) implements Decision {
        Failed(@Nullable JsonNode id, String message) {
            this(id, "error", message);
        }
    }

    /** Asks {@code gateway}: the exchange is opened, its first step written down, and closed. */
    static Decision of(Gateway gateway, LineRequest request) {
        ClientConnection connection = gateway.connection(
                request.clientIp(),
                request.secure(),
                request.secure() ? 443 : 80,
                request.secure() ? request.serverName() : null);
        Passthrough passthrough = request.secure() ? gateway.passthrough(connection) : null;
        if (passthrough != null) {
            PassedThrough decision = PassedThrough.of(request.id(), passthrough);
            passthrough.close(PassedConnection.End.CANCELLED, 0, 0);
            return decision;
        }
        String certificate = request.secure() ? certificate(gateway, request.serverName()) : null;
        Exchange exchange = gateway.open(connection, request);
        try {
            Writer writer = new Writer(exchange, request.id(), certificate);
            exchange.start().perform(writer);
            return writer.decision();
        } finally {
            exchange.close(Outcome.CANCELLED);
        }
    }

    private static String certificate(Gateway gateway, @Nullable String serverName) {
        Identity identity = gateway.table().certificates().find(serverName);
        return identity == null ? "default" : identity.label();
    }

    /** Writes the first step down instead of performing it. */
    final class Writer implements StepHandler, RequestSink {
        private final Exchange exchange;
        private final @Nullable JsonNode id;
        private final @Nullable String certificate;
        private final Map<String, Object> fields = new LinkedHashMap<>();
        private @Nullable Decision decision;
        private String target = "";

        Writer(Exchange exchange, @Nullable JsonNode id, @Nullable String certificate) {
            this.exchange = exchange;
            this.id = id;
            this.certificate = certificate;
        }

        Decision decision() {
            if (decision == null) {
                throw new IllegalStateException("the first step is a relay");
            }
            return decision;
        }

        @Override
        public void forward(Forward forward) {
            decision = toEndpoint("forward", forward);
        }

        /** Who is asked first, and what; what they will say is not known here. */
        @Override
        public void consult(Consult consult) {
            decision = toEndpoint("consult", consult);
        }

        @Override
        public void await(Await await) {
            throw new IllegalStateException("a gateway that serves nobody is full");
        }

        private Decision toEndpoint(String outcome, UpstreamRequest request) {
            request.writeHead(this);
            Route route = exchange.route();
            int query = target.indexOf('?');
            return new ToEndpoint(
                    id,
                    outcome,
                    request.backend().id(),
                    request.endpoint().authority(),
                    query < 0 ? target : target.substring(0, query),
                    query < 0 ? null : target.substring(query + 1),
                    find(fields, "Host"),
                    fields,
                    route == null || route.ingress().isEmpty() ? null : route.ingress(),
                    route == null ? null : route.rule(),
                    certificate);
        }

        @Override
        public void reply(Reply reply) {
            reply.headers().forEach(h -> field(h.getKey(), h.getValue()));
            decision = new OwnReply(
                    id,
                    "reply",
                    reply.status(),
                    reply.reason(),
                    fields,
                    reply.body().isEmpty() ? null : reply.body(),
                    certificate);
        }

        @Override
        public void relay(Relay relay) {
            // Only follows a forward that was performed.
        }

        @Override
        public void start(String method, String target) {
            this.target = target;
        }

        @Override
        public void field(CharSequence name, CharSequence value) {
            fields.merge(name.toString(), value.toString(), Writer::both);
        }

        private static Object both(Object first, Object second) {
            if (first instanceof List<?> list) {
                List<Object> all = new ArrayList<>(list);
                all.add(second);
                return all;
            }
            return List.of(first, second);
        }

        private static @Nullable Object find(Map<String, Object> fields, String name) {
            return fields.entrySet().stream()
                    .filter(e -> e.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
    }
}
