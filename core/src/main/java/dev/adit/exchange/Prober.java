package dev.adit.exchange;

import java.time.Duration;

/** What health checks need of a transport: its timers and its way to endpoints. Safe for any thread. */
public interface Prober {
    /** Has {@code task} run once when {@code delay} is over, or a little later, on any thread; never if the transport has ended. */
    void after(Duration delay, Runnable task);

    /**
     * Sends {@code probe}, on a connection of its own if it {@linkplain Probe#closes closes that}, and reports how it went by
     * one call of {@link Probe#connected}, {@link Probe#answered}, {@link Probe#connectFailed} or {@link Probe#failed}.
     * Called by tasks of {@link #after}; must not block.
     */
    void send(Probe probe);
}
