package dev.adit.tls;

/** Text is not the PEM that was expected. The message never holds any of it. */
public final class PemException extends Exception {
    private static final long serialVersionUID = 1;

    public PemException(String message) {
        super(message);
    }
}
