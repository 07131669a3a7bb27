package dev.adit.exchange;

/** Is told of every exchange that ended: for access logs and metrics. Called on the transport's thread; must not block. */
@FunctionalInterface
public interface ExchangeListener {
    /** {@code exchange} was closed just now. */
    void closed(Exchange exchange, Outcome outcome);
}
