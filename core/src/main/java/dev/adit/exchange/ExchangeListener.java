package dev.adit.exchange;

import dev.adit.balancer.Endpoint;

/** Is told of every exchange that ended: for access logs and metrics. Called on the transport's thread; must not block. */
@FunctionalInterface
public interface ExchangeListener {
    /** {@code exchange} was closed just now. */
    void closed(Exchange exchange, Outcome outcome);

    /** A connection whose TLS was passed through has ended. */
    default void passed(PassedConnection connection) {}

    /**
     * {@code endpoint} was not asked for {@code exchange}, because its certificate is not trusted.
     *
     * @param why whom the certificate should be for and what it says; holds no secret
     */
    default void distrusted(Exchange exchange, Endpoint endpoint, String why) {}
}
