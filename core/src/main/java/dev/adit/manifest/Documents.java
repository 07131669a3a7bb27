package dev.adit.manifest;

import java.util.function.Consumer;

/**
 * Cuts a text into documents before any parser sees it, so that one broken document does not take the others along.
 *
 * <p>A line that starts with {@code ---} begins a document and one that starts with {@code ...} ends it, wherever they
 * stand: YAML 1.1 section 4.2.1 forbids both at the start of a line inside a scalar.
 */
final class Documents {
    private final String text;
    private final Consumer<Document> documents;
    private int start;
    private int startLine = 1;
    /** Whether only blank lines and comments were seen since the last cut: directives may follow. */
    private boolean fresh = true;
    /** Whether the document under way began with directives, so that the next {@code ---} belongs to it. */
    private boolean directives;
    /** Whether the document under way has anything but comments. */
    private boolean content;

    /**
     * One document of a text.
     *
     * @param text the document with its {@code ---} line, if it has one
     * @param line 1-based line of its first line in the whole text
     */
    record Document(String text, int line) {}

    private Documents(String text, Consumer<Document> documents) {
        this.text = text;
        this.documents = documents;
    }

    /** Passes the documents of {@code text} on, without those that hold only comments. */
    static void cut(String text, Consumer<Document> documents) {
        new Documents(text, documents).cut();
    }

    private void cut() {
        int line = 1;
        int at = 0;
        while (at < text.length()) {
            int next = nextLine(at);
            see(at, next, line);
            at = next;
            line++;
        }
        end(text.length());
    }

    private void see(int at, int next, int line) {
        if (isMarker("---", at)) {
            if (!directives) {
                end(at);
                begin(at, line);
            }
            directives = false;
            fresh = false;
            content |= !isBlank(at + 3, next);
        } else if (isMarker("...", at)) {
            end(at);
            begin(next, line + 1);
        } else if (fresh && (text.startsWith("%YAML ", at) || text.startsWith("%TAG ", at))) {
            directives = true;
        } else if (!isBlank(at, next)) {
            fresh = false;
            content = true;
        }
    }

    private void begin(int at, int line) {
        start = at;
        startLine = line;
        fresh = true;
        directives = false;
        content = false;
    }

    private void end(int at) {
        if (content) {
            documents.accept(new Document(text.substring(start, at), startLine));
        }
    }

    private int nextLine(int at) {
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                return i + 1;
            }
            if (c == '\r') {
                return i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            }
        }
        return text.length();
    }

    private boolean isMarker(String marker, int at) {
        if (!text.startsWith(marker, at)) {
            return false;
        }
        return at + 3 == text.length() || " \t\r\n".indexOf(text.charAt(at + 3)) >= 0;
    }

    private boolean isBlank(int at, int next) {
        for (int i = at; i < next; i++) {
            char c = text.charAt(i);
            if (c == '#') {
                return true;
            }
            if (" \t\r\n".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
