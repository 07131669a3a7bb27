package dev.adit.tck;

/** A connection ended in the middle of a message. */
final class Torn extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient Wire.End end;

    Torn(String name, Wire.End end) {
        super(name + " ended in the middle of a message: " + end);
        this.end = end;
    }
}
