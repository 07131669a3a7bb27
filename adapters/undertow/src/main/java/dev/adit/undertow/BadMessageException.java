package dev.adit.undertow;

import java.io.IOException;

/** A message that is not HTTP as we accept it. */
final class BadMessageException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    BadMessageException(String message) {
        this(400, message);
    }

    /** @param status what a client gets that sent it */
    BadMessageException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
