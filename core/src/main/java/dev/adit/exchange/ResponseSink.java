package dev.adit.exchange;

/** Receives a response head that goes to the client; a transport writes it straight into its own object. */
public interface ResponseSink extends Headers.Visitor {
    /** Called once, before any field. */
    void start(int status);
}
