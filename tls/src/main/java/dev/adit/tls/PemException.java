package dev.adit.tls;

/**
 * Text is not the PEM that was expected, or its key and certificate do not belong together. The message says why, for a person,
 * and never holds any of the text; nor is there a cause that could.
 */
public final class PemException extends Exception {
    /** What is wrong. */
    public enum Fault {
        /** It cannot be read, or is of a kind that is not supported. */
        UNREADABLE,
        /** The key belongs to no certificate of the chain. */
        KEY_MISMATCH,
        /** The key belongs to a certificate of the chain that is not the first. */
        CHAIN_OUT_OF_ORDER
    }

    private static final long serialVersionUID = 1L;

    private final Fault fault;

    public PemException(String message) {
        this(Fault.UNREADABLE, message);
    }

    PemException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    /** What is wrong. */
    public Fault fault() {
        return fault;
    }
}
