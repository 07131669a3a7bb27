package dev.adit.diagnostic;

import java.util.Locale;

/** What a finding did to the configuration. */
public enum Effect {
    /** Nothing: it is only reported. */
    NONE,
    /** The field or key has no effect. */
    IGNORED,
    /** The whole object is left out. */
    REJECTED,
    /** The whole document or file is left out. */
    SOURCE_REJECTED,
    /** The path is left out of the table. */
    PATH_DROPPED,
    /** The path answers 503. */
    PATH_UNAVAILABLE,
    /** The path is kept closed (503) because a security setting of it cannot be honoured. */
    PATH_DENIED,
    /** The host is kept closed (403) because it cannot be known whom to believe about its clients. */
    HOST_DENIED,
    /** An older or equal rule serves instead. */
    SHADOWED,
    /** The default certificate answers. */
    DEFAULT_CERTIFICATE,
    /** What was good before stays in use. */
    PREVIOUS_KEPT,
    /** It is used as it is, and those who verify it do not trust it. */
    NOT_TRUSTED,
    /** The object belongs to another controller. */
    NOT_OURS;

    /** The text in reports: lower case with hyphens. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
