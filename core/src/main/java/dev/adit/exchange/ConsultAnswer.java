package dev.adit.exchange;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Consult} brought.
 *
 * @param status 200 to 599
 * @param headers the header fields; need only stay valid during the call
 * @param body the whole body without its framing; empty if none was wanted. Not to be changed afterwards
 * @param trailers the trailer fields, or null: if there were none, or no body was wanted. Need only stay valid during the call
 */
public record ConsultAnswer(
        int status, Headers headers, byte[] body, @Nullable Headers trailers) {
    public ConsultAnswer {
        Objects.requireNonNull(headers);
        Objects.requireNonNull(body);
    }

    /** An answer without trailer fields. */
    public ConsultAnswer(int status, Headers headers, byte[] body) {
        this(status, headers, body, null);
    }
}
