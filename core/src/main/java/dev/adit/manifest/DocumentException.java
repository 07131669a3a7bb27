package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.SourcePosition;

/** A document that cannot be read at all. Caught inside the reader, which reports it. */
final class DocumentException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final transient SourcePosition position;

    /** @param message shown with control characters replaced: parsers quote what they stumble over */
    DocumentException(Code code, SourcePosition position, String message) {
        super(Names.printable(message, 300), null, false, false);
        this.code = code;
        this.position = position;
    }

    Code code() {
        return code;
    }

    SourcePosition position() {
        return position;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
