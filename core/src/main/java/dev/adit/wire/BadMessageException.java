package dev.adit.wire;

import java.io.IOException;

/**
 * Bytes of a peer that are not the HTTP/1.1 we accept, or break a limit. Says what to answer if the peer is a client. It has no
 * stack trace: hostile input must stay cheap.
 */
public final class BadMessageException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    /** A refusal with {@code status}, for {@code reason}. */
    public BadMessageException(int status, String reason) {
        super(reason);
        this.status = status;
    }

    /** A refusal with 400, for {@code reason}. */
    public BadMessageException(String reason) {
        this(400, reason);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
        return this;
    }

    /** 400, 408, 413, 414, 431 or 505. */
    public int status() {
        return status;
    }
}
