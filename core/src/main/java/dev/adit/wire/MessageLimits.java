package dev.adit.wire;

import dev.adit.exchange.TransportLimits;

/**
 * How long a message's head may be; what is longer is refused before it is stored. Immutable.
 *
 * @param startLineBytes longest request line or status line, without its end; longer: 414
 * @param headerBytes longest block of header fields, or of trailer fields; longer: 431
 * @param headerFields most header fields, or trailer fields; more: 431
 */
public record MessageLimits(int startLineBytes, int headerBytes, int headerFields) {
    /** @throws IllegalArgumentException if one is not positive */
    public MessageLimits {
        if (startLineBytes < 1 || headerBytes < 1 || headerFields < 1) {
            throw new IllegalArgumentException("a limit must be positive");
        }
    }

    /** Those of a transport. */
    public static MessageLimits of(TransportLimits limits) {
        return new MessageLimits(limits.requestLineBytes(), limits.headerBytes(), limits.headerFields());
    }
}
