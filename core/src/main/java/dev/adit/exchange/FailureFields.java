package dev.adit.exchange;

import dev.adit.route.Backend;
import dev.adit.route.Route;
import java.util.Objects;

/** The fields that tell a backend what it stands in for: names that the default backends of ingress-nginx know. */
final class FailureFields {
    private FailureFields() {}

    /** @param status what the client would have got */
    static void write(Exchange exchange, int status, RequestSink to) {
        Route route = Objects.requireNonNull(exchange.route());
        Backend meant = route.backend();
        String ingress = route.ingress();
        String accept = exchange.request().headers().get("Accept");
        to.field("X-Code", Integer.toString(status));
        to.field("X-Format", accept == null ? "" : accept);
        to.field("X-Namespace", meant.namespace());
        to.field("X-Ingress-Name", ingress.substring(ingress.indexOf('/') + 1));
        to.field("X-Service-Name", meant.service());
        to.field("X-Service-Port", meant.port());
    }
}
