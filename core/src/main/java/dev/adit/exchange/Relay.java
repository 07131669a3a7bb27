package dev.adit.exchange;

/** Let the upstream's answer through. Valid until the exchange is closed. */
public non-sealed interface Relay extends Step {
    /**
     * Whether the answer switches protocols: it is 101, or grants an extended CONNECT. Afterwards bytes flow both ways
     * until either side ends.
     */
    boolean upgraded();

    /**
     * Hands out the head to send. Framing fields ({@code Content-Length}, {@code Transfer-Encoding}, {@code Trailer}) are
     * not among them, except {@code Content-Length} of an answer to HEAD and of a 304: framing belongs to the transport.
     */
    void writeHead(ResponseSink sink);

    @Override
    default void perform(StepHandler handler) {
        handler.relay(this);
    }
}
