package dev.adit.annotation;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import dev.adit.manifest.Resource;
import java.util.ArrayList;
import java.util.List;

/** Collects what there is to say about resources. Not thread-safe. */
public final class Findings {
    private final List<Diagnostic> diagnostics = new ArrayList<>();

    public void error(Code code, Resource on, String field, String message, Effect effect, String suggestion) {
        add(Severity.ERROR, code, on, field, message, effect, suggestion);
    }

    public void warning(Code code, Resource on, String field, String message, Effect effect, String suggestion) {
        add(Severity.WARNING, code, on, field, message, effect, suggestion);
    }

    public void info(Code code, Resource on, String field, String message, Effect effect) {
        add(Severity.INFO, code, on, field, message, effect, "");
    }

    /** A finding about a setting of the operator rather than an object. */
    public void setting(Code code, String key, String message, Effect effect) {
        diagnostics.add(new Diagnostic(
                Severity.ERROR, code, "Setting " + key, "", SourcePosition.UNKNOWN, message, effect, ""));
    }

    private void add(
            Severity severity, Code code, Resource on, String field, String message, Effect effect, String suggestion) {
        diagnostics.add(new Diagnostic(
                severity, code, on.key().toString(), field, on.position(field), message, effect, suggestion));
    }

    /** Everything so far, in the order it was found. */
    public List<Diagnostic> list() {
        return List.copyOf(diagnostics);
    }
}
