package dev.adit.exchange;

/**
 * Ask a third party before going on: send this small request without a body, and report with {@link Exchange#consulted} or
 * {@link Exchange#consultFailed}. The client's body has to wait meanwhile. Valid until the next step of the exchange.
 */
public non-sealed interface Consult extends Step, UpstreamRequest {
    /** Whether a new connection must be used: the last attempt failed on one that had been kept open. */
    boolean freshConnection();

    /**
     * How many bytes of the answer's body are wanted. If it is longer, the attempt has failed as
     * {@link UpstreamFailure.Kind#BAD_RESPONSE}. 0: the answer's head is enough, its body is discarded whatever its length.
     */
    int answerLimit();

    @Override
    default void perform(StepHandler handler) {
        handler.consult(this);
    }
}
