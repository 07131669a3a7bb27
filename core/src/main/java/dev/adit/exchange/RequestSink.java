package dev.adit.exchange;

/** Receives a request head that goes to an upstream; a transport writes it straight into its own object. */
public interface RequestSink extends Headers.Visitor {
    /** Called once, before any field. {@code target} is in origin form. */
    void start(String method, String target);
}
