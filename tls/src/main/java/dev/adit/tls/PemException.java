package dev.adit.tls;

/**
 * Text is not the PEM that was expected, or its key and certificate do not belong together. The message says why, for a person,
 * and never holds any of the text; nor is there a cause that could.
 */
public final class PemException extends Exception {
    private static final long serialVersionUID = 1;

    public PemException(String message) {
        super(message);
    }
}
