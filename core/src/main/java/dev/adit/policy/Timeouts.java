package dev.adit.policy;

import java.time.Duration;

/**
 * How long an upstream may take.
 *
 * @param connect until the connection stands, TLS included
 * @param read between two reads of its answer
 * @param send between two writes of the request
 */
public record Timeouts(Duration connect, Duration read, Duration send) {
    /** 5, 60 and 60 seconds. */
    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60));
}
