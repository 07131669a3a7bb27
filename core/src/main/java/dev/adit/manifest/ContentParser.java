package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the bytes of a file apart: bytes to text, text to documents, each document to values. */
final class ContentParser {
    private final String source;
    private final Consumer<Value> documents;
    private final Consumer<Diagnostic> diagnostics;
    private int documentsSeen;
    private int aliasedLeft = Limits.ALIASED_VALUES_OF_FILE;

    /** @param source the name of the content in positions */
    ContentParser(String source, Consumer<Value> documents, Consumer<Diagnostic> diagnostics) {
        this.source = source;
        this.documents = documents;
        this.diagnostics = diagnostics;
    }

    /** Passes each document on, and says which cannot be read. */
    void parse(byte[] content) {
        if (content.length > Limits.FILE_BYTES) {
            report(
                    Code.FILE_TOO_LARGE,
                    new SourcePosition(source, 0, 0),
                    "The file has more than " + Limits.FILE_BYTES + " bytes.",
                    "split the file");
            return;
        }
        String text = text(content);
        if (text == null) {
            return;
        }
        Documents.cut(text, this::document);
    }

    private void document(Documents.Document document) {
        if (documentsSeen == Limits.DOCUMENTS) {
            return;
        }
        try {
            if (++documentsSeen == Limits.DOCUMENTS) {
                throw new DocumentException(
                        Code.TOO_COMPLEX,
                        new SourcePosition(source, document.line(), 1),
                        "The file has too many documents; from the " + Limits.DOCUMENTS + "th on they are not read.");
            }
            values(document).forEach(documents);
        } catch (DocumentException e) {
            report(e.code(), e.position(), e.text(), "");
        }
    }

    private @Nullable String text(byte[] content) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer characters = CharBuffer.allocate(content.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(content), characters, true);
        String text = characters.flip().toString();
        int nul = text.indexOf('\0');
        if (result.isError() || nul >= 0) {
            report(
                    Code.NOT_TEXT,
                    end(nul >= 0 ? text.substring(0, nul) : text),
                    "The file is not text in UTF-8.",
                    "save it as UTF-8, or take it out");
            return null;
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private SourcePosition end(String text) {
        int lines = (int) text.chars().filter(c -> c == '\n').count();
        return new SourcePosition(source, lines + 1, text.length() - text.lastIndexOf('\n'));
    }

    private List<Value> values(Documents.Document document) throws DocumentException {
        String text = document.text();
        if (text.length() > Limits.DOCUMENT_BYTES
                || text.getBytes(StandardCharsets.UTF_8).length > Limits.DOCUMENT_BYTES) {
            throw new DocumentException(
                    Code.FILE_TOO_LARGE,
                    new SourcePosition(source, document.line(), 1),
                    "The document has more than " + Limits.DOCUMENT_BYTES + " bytes.");
        }
        if (!JsonParser.isJson(document)) {
            return yaml(document);
        }
        try {
            return JsonParser.parse(source, document, new ValueBudget(text.length(), 0));
        } catch (DocumentException json) {
            // A document that opens with a brace may be YAML in flow style all the same.
            if (json.code() != Code.SYNTAX) {
                throw json;
            }
            try {
                return yaml(document);
            } catch (DocumentException yaml) {
                throw json;
            }
        }
    }

    private List<Value> yaml(Documents.Document document) throws DocumentException {
        ValueBudget budget = new ValueBudget(document.text().length(), aliasedLeft);
        try {
            return YamlParser.parse(source, document, budget);
        } finally {
            aliasedLeft -= budget.aliased();
        }
    }

    private void report(Code code, SourcePosition position, String message, String suggestion) {
        diagnostics.accept(
                new Diagnostic(Severity.ERROR, code, "", "", position, message, Effect.SOURCE_REJECTED, suggestion));
    }
}
