package dev.adit.exchange;

/** Receives a request head that goes to an upstream; a transport writes it straight into its own object. */
public interface RequestSink extends Headers.Visitor {
    /**
     * Called once, before any field. {@code target} is in origin form. If {@code method} is CONNECT, it is an extended one
     * for an endpoint of HTTP/2, and its first field is {@code :protocol} (RFC 8441 section 4).
     */
    void start(String method, String target);
}
