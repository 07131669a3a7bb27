package dev.adit.netty;

/** Bytes of a peer that are not the HTTP/1.1 we accept, or break a limit. Says what to answer if the peer is a client. */
final class BadMessageException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    BadMessageException(int status, String reason) {
        // No stack trace: hostile input must stay cheap.
        super(reason, null, false, false);
        this.status = status;
    }

    /** 400, 414, 431 or 505. */
    int status() {
        return status;
    }
}
