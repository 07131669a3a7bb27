package dev.adit.manifest;

import dev.adit.diagnostic.Code;
import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import dev.adit.diagnostic.SourcePosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in one object, and what it costs.
 *
 * <p>An error costs the object, unless its part of the object can be left out: then the decoder takes a {@link #mark()}
 * before the part and calls {@link #leaveOut} after it. A strict reader leaves nothing out.
 */
final class Findings {
    private static final Comparator<Diagnostic> BY_POSITION = Comparator.comparingInt(
                    (Diagnostic d) -> d.position().line())
            .thenComparingInt(d -> d.position().column());

    private final boolean lenient;
    private final String object;
    private final List<Finding> findings = new ArrayList<>(0);
    private final List<String> mistyped = new ArrayList<>(0);
    private boolean nothingLeft;
    private boolean flooded;

    /** A finding; an error without effect costs the object. */
    private record Finding(
            Severity severity,
            Code code,
            String field,
            SourcePosition position,
            String message,
            String suggestion,
            @Nullable Effect effect) {
        boolean costsObject() {
            return severity == Severity.ERROR && effect == null;
        }

        Finding with(Severity other, Effect what) {
            return new Finding(other, code, field, position, message, suggestion, what);
        }
    }

    /** @param object {@code Kind namespace/name}; shown with control characters replaced */
    Findings(boolean lenient, String object) {
        this.lenient = lenient;
        this.object = Names.printable(object, 600);
    }

    /** A place for findings that nobody reads. */
    static Findings ignored() {
        return new Findings(false, "");
    }

    /** An error that costs the object, or the part of it that is left out. */
    void error(Code code, String field, SourcePosition position, String message, String suggestion) {
        add(new Finding(Severity.ERROR, code, field, position, message, suggestion, null));
    }

    /** An error that costs nothing. */
    void report(Code code, String field, SourcePosition position, String message, String suggestion) {
        add(new Finding(Severity.ERROR, code, field, position, message, suggestion, Effect.NONE));
    }

    /** A warning about a field that has no effect. */
    void ignoredField(Code code, String field, SourcePosition position, String message, String suggestion) {
        add(new Finding(Severity.WARNING, code, field, position, message, suggestion, Effect.IGNORED));
    }

    private void add(Finding finding) {
        if (findings.size() < Limits.FINDINGS) {
            if (!concernsMistyped(finding.field)) {
                findings.add(finding);
            }
        } else if (!flooded) {
            flooded = true;
            findings.add(new Finding(
                    Severity.ERROR,
                    Code.TOO_COMPLEX,
                    "",
                    finding.position,
                    "There are more than " + Limits.FINDINGS + " findings; the rest of the object is not reported.",
                    "",
                    null));
        }
    }

    /** A value of the wrong type. What it would have meant is unknown, so nothing else is said of its field. */
    void wrongType(String field, SourcePosition position, String message, String suggestion) {
        error(Code.WRONG_TYPE, field, position, message, suggestion);
        if (mistyped.size() < Limits.FINDINGS) {
            mistyped.add(field);
        }
    }

    /** The number of findings so far: the start of what comes next. */
    int mark() {
        return findings.size();
    }

    /** Whether an error since {@code mark} costs the object. */
    boolean brokenSince(int mark) {
        return findings.subList(mark, findings.size()).stream().anyMatch(Finding::costsObject);
    }

    /**
     * Says that the part decoded since {@code mark} can be left out without the rest.
     *
     * @return whether the part is broken; a lenient reader then goes on without it
     */
    boolean leaveOut(int mark, Effect effect) {
        boolean broken = brokenSince(mark);
        if (broken && lenient) {
            settle(mark, Severity.ERROR, effect);
        }
        return broken;
    }

    /** Says that the API server lets what was found since {@code mark} pass, though it is of no use. */
    boolean tolerate(int mark, Effect effect) {
        boolean broken = brokenSince(mark);
        settle(mark, Severity.WARNING, effect);
        return broken;
    }

    private void settle(int mark, Severity severity, Effect effect) {
        findings.subList(mark, findings.size())
                .replaceAll(finding -> finding.costsObject() ? finding.with(severity, effect) : finding);
    }

    /** Says that every part of the object was left out. */
    void nothingLeft() {
        nothingLeft = true;
    }

    /** Whether the object is left out. */
    boolean refused() {
        return nothingLeft || flooded || brokenSince(0);
    }

    boolean lenient() {
        return lenient;
    }

    /** Everything found, in the order of the input. */
    List<Diagnostic> diagnostics() {
        boolean refused = refused();
        return findings.stream()
                .map(f -> diagnostic(f, refused))
                .sorted(BY_POSITION)
                .toList();
    }

    private Diagnostic diagnostic(Finding f, boolean refused) {
        Effect effect = f.effect == null || (refused && f.effect == Effect.PATH_DROPPED) ? Effect.REJECTED : f.effect;
        return new Diagnostic(
                f.severity, f.code, object, Names.printable(f.field, 300), f.position, f.message, effect, f.suggestion);
    }

    private boolean concernsMistyped(String field) {
        for (String other : mistyped) {
            if (encloses(other, field) || encloses(field, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean encloses(String outer, String inner) {
        return inner.startsWith(outer)
                && (inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0);
    }
}
