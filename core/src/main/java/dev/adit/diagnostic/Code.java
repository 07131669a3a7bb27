package dev.adit.diagnostic;

import java.util.Locale;

/** The stable names of findings: scripts and suppressions may rely on {@link #text()}. */
public enum Code {
    // reading
    FILE_UNREADABLE,
    FILE_TOO_LARGE,
    NOT_TEXT,
    SYNTAX,
    DUPLICATE_KEY,
    TOO_COMPLEX,
    // objects
    MISSING_KIND,
    UNSUPPORTED_KIND,
    UNSUPPORTED_VERSION,
    DUPLICATE_OBJECT,
    UNKNOWN_FIELD,
    WRONG_TYPE,
    REQUIRED,
    INVALID,
    NOT_SUPPORTED,
    FORBIDDEN,
    // classes
    CLASS_UNKNOWN,
    CLASS_OTHER_CONTROLLER,
    CLASS_CONFLICT,
    CLASS_MISSING,
    SEVERAL_DEFAULT_CLASSES,
    // routes
    SHADOWED,
    UNREACHABLE,
    SERVICE_MISSING,
    PORT_MISSING,
    NO_ENDPOINTS,
    RESOURCE_BACKEND,
    EXTERNAL_NAME_DISABLED,
    EXTERNAL_NAME_REFUSED,
    HOST_OWNED,
    LIMIT_EXCEEDED,
    // TLS
    SECRET_MISSING,
    SECRET_TYPE,
    CERTIFICATE_INVALID,
    HOST_NOT_COVERED,
    TLS_HOST_SHADOWED,
    // annotations
    ANNOTATION_INVALID,
    ANNOTATION_UNKNOWN,
    ANNOTATION_UNSUPPORTED,
    ANNOTATION_REFUSED,
    CANARY_WITHOUT_MAIN,
    CANARY_DUPLICATE,
    ALIAS_TAKEN,
    REGEX_INVALID,
    REGEX_HOST;

    /** The text in reports: lower case with hyphens. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
