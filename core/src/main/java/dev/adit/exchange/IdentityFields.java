package dev.adit.exchange;

import dev.adit.policy.Settings;
import java.util.List;

/** The fields that tell an upstream who the client is and what it asked for. */
final class IdentityFields {
    private IdentityFields() {}

    static void write(Exchange exchange, RequestSink to) {
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
        ClientIdentity identity = exchange.identity();
        if (identity != null) {
            identity.write(to);
        }
        if (tellsOriginals(exchange)) {
            Headers headers = exchange.request().headers();
            writeOriginal(to, headers, "X-Forwarded-For", "X-Original-Forwarded-For");
            writeOriginal(to, headers, "X-Forwarded-Host", "X-Original-Forwarded-Host");
        }
    }

    /** Whether upstreams hear what an untrusted client said about itself, under other names. */
    private static boolean tellsOriginals(Exchange exchange) {
        return !exchange.connection().trusted()
                && exchange.factory().settings().profile() == Settings.Profile.INGRESS_NGINX;
    }

    private static void writeOriginal(RequestSink to, Headers headers, String name, String original) {
        List<String> values = headers.all(name);
        if (!values.isEmpty()) {
            to.field(original, String.join(", ", values));
        }
    }
}
