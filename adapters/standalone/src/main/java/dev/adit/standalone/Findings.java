package dev.adit.standalone;

import dev.adit.diagnostic.Diagnostic;
import dev.adit.diagnostic.Effect;
import dev.adit.diagnostic.Severity;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Diagnostics on paper. */
final class Findings {
    private Findings() {}

    /** One diagnostic as JSON; the field names are part of the command line's contract. */
    private record Line(
            String severity,
            String code,
            String object,
            String field,
            String file,
            int line,
            int column,
            String message,
            String effect,
            String suggestion) {
        static Line of(Diagnostic d) {
            return new Line(
                    lower(d.severity()),
                    d.code().text(),
                    d.object(),
                    d.field(),
                    d.position().source(),
                    d.position().line(),
                    d.position().column(),
                    d.message(),
                    d.effect().text(),
                    d.suggestion());
        }
    }

    /** An array with one diagnostic a line. */
    static void printJson(List<Diagnostic> diagnostics, PrintWriter out) {
        out.println(diagnostics.stream()
                .map(d -> "\n" + Json.write(Line.of(d)))
                .collect(Collectors.joining(",", "[", diagnostics.isEmpty() ? "]" : "\n]")));
    }

    /** As compilers print them, with what concerns whom below. */
    static void printText(List<Diagnostic> diagnostics, PrintWriter out) {
        for (Diagnostic d : diagnostics) {
            out.println(headline(d));
            String where = d.field().isEmpty() ? d.object() : d.object() + ", " + d.field();
            if (!where.isEmpty()) {
                out.println("    " + where);
            }
            if (d.effect() != Effect.NONE) {
                out.println("    effect: " + d.effect().text());
            }
            if (!d.suggestion().isEmpty()) {
                out.println("    suggestion: " + d.suggestion());
            }
        }
    }

    /** {@code file:line:column: severity: message [code]}. */
    static String headline(Diagnostic d) {
        String position = d.position().toString();
        return (position.isEmpty() ? "" : position + ": ")
                + lower(d.severity())
                + ": "
                + d.message()
                + " ["
                + d.code().text()
                + "]";
    }

    /** Such as {@code 2 errors, 1 warning}; empty if there is neither. */
    static String summary(List<Diagnostic> diagnostics) {
        Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
        diagnostics.forEach(d -> counts.merge(d.severity(), 1, Integer::sum));
        counts.remove(Severity.INFO);
        return counts.entrySet().stream()
                .map(e -> e.getValue() + " " + lower(e.getKey()) + (e.getValue() == 1 ? "" : "s"))
                .collect(Collectors.joining(", "));
    }

    /** Whether there is something to mend. */
    static boolean any(List<Diagnostic> diagnostics) {
        return diagnostics.stream().anyMatch(d -> d.severity() != Severity.INFO);
    }

    private static String lower(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
