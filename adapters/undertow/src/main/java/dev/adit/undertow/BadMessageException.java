package dev.adit.undertow;

import java.io.IOException;

/** A message that is not HTTP as we accept it. */
final class BadMessageException extends IOException {
    private static final long serialVersionUID = 1;

    BadMessageException(String message) {
        super(message);
    }
}
