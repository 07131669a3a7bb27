package dev.adit.exchange;

import java.time.Duration;

/**
 * Wait until there is room at the backend, whose limits are reached. The client's body has to wait meanwhile. Valid until the
 * next step of the exchange.
 */
public non-sealed interface Await extends Step {
    /** After so much time call {@link Exchange#awaited}, too. */
    Duration patience();

    /**
     * Has {@code wake} run when there is room: once, on any thread, maybe before this returns. It must not block, but have
     * {@link Exchange#awaited} called by whoever the exchange belongs to. Call once.
     */
    void begin(Runnable wake);

    @Override
    default void perform(StepHandler handler) {
        handler.await(this);
    }
}
