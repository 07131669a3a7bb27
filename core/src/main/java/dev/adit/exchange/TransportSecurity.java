package dev.adit.exchange;

import dev.adit.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Strict-Transport-Security in answers over TLS (RFC 6797 section 7.1), and in no other. */
final class TransportSecurity {
    static final String NAME = "Strict-Transport-Security";

    private TransportSecurity() {}

    /** Whether a field has that name. */
    static boolean isName(CharSequence name) {
        return Fields.is(name, "strict-transport-security");
    }

    /** What answers of {@code exchange} say; empty for nothing. */
    static String of(Exchange exchange) {
        Route route = exchange.route();
        return route == null || !exchange.client().secure()
                ? ""
                : route.policies().transportSecurity();
    }

    /** {@code reply} with what {@code exchange} has to say. */
    static Reply addTo(Reply reply, Exchange exchange) {
        String value = of(exchange);
        if (value.isEmpty()) {
            return reply;
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>(reply.headers());
        fields.removeIf(field -> isName(field.getKey()));
        fields.add(Map.entry(NAME, value));
        return new Reply(reply.status(), reply.reason(), fields, reply.bytes(), reply.close());
    }
}
