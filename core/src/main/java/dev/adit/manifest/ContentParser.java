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
        for (Documents.Document document : Documents.of(text)) {
            try {
                parse(document).forEach(documents);
            } catch (DocumentException e) {
                report(e.code(), e.position(), e.text(), "");
            }
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

    private List<Value> parse(Documents.Document document) throws DocumentException {
        if (document.text().length() > Limits.DOCUMENT_BYTES
                || document.text().getBytes(StandardCharsets.UTF_8).length > Limits.DOCUMENT_BYTES) {
            throw new DocumentException(
                    Code.FILE_TOO_LARGE,
                    new SourcePosition(source, document.line(), 1),
                    "The document has more than " + Limits.DOCUMENT_BYTES + " bytes.");
        }
        if (!JsonParser.isJson(document)) {
            return YamlParser.parse(source, document);
        }
        try {
            return JsonParser.parse(source, document);
        } catch (DocumentException json) {
            // A document that opens with a brace may be YAML in flow style all the same.
            if (json.code() != Code.SYNTAX) {
                throw json;
            }
            try {
                return YamlParser.parse(source, document);
            } catch (DocumentException yaml) {
                throw json;
            }
        }
    }

    private void report(Code code, SourcePosition position, String message, String suggestion) {
        diagnostics.accept(
                new Diagnostic(Severity.ERROR, code, "", "", position, message, Effect.SOURCE_REJECTED, suggestion));
    }
}
