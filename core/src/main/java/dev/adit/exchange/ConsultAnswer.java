package dev.adit.exchange;

import java.util.Objects;

/**
 * What a {@link Consult} brought.
 *
 * @param status 200 to 599
 * @param headers the header fields; need only stay valid during the call
 * @param body the whole body without its framing; empty if none was wanted. Not to be changed afterwards
 */
public record ConsultAnswer(int status, Headers headers, byte[] body) {
    public ConsultAnswer {
        Objects.requireNonNull(headers);
        Objects.requireNonNull(body);
    }
}
