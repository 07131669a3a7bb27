package dev.adit.tck;

import dev.adit.tck.Message.Field;
import java.util.List;

/** The messages that come on one connection, or on one stream of it, whatever the version of HTTP. */
interface Messages {
    /** How the end of a body is found. */
    enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        CLOSE,
        /** By the frame that ends an HTTP/2 stream. */
        STREAM
    }

    /** Who receives them, for messages about failures. */
    String name();

    /** The head of the next message. */
    Message head();

    /** The head that was read last. */
    Message lastHead();

    Framing framing();

    /** At least one byte of the body and at most {@code most}; none at its end. */
    byte[] body(int most);

    /** Trailer fields of the body that was read to its end. */
    List<Field> trailers();
}
