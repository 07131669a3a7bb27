package dev.adit.diagnostic;

import java.util.Objects;

/**
 * One finding about the input. Never holds a secret's value.
 *
 * @param severity how much it matters
 * @param code the stable name of this kind of finding
 * @param object {@code Kind namespace/name}, or empty if no object could be read
 * @param field path of the field, such as {@code spec.rules[0].host}; empty if it concerns the whole object
 * @param position where it stands
 * @param message what is wrong, in one sentence
 * @param effect what follows from it
 * @param suggestion what to write instead; empty if nothing is known
 */
public record Diagnostic(
        Severity severity,
        Code code,
        String object,
        String field,
        SourcePosition position,
        String message,
        Effect effect,
        String suggestion) {
    public Diagnostic {
        Objects.requireNonNull(severity);
        Objects.requireNonNull(code);
        Objects.requireNonNull(object);
        Objects.requireNonNull(field);
        Objects.requireNonNull(position);
        Objects.requireNonNull(message);
        Objects.requireNonNull(effect);
        Objects.requireNonNull(suggestion);
    }
}
