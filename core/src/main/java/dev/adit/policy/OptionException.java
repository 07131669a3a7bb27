package dev.adit.policy;

import java.util.Objects;

/** An option is unknown, or its value cannot be used. The message names it. */
public final class OptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String key;

    OptionException(String key, String message) {
        super(message);
        this.key = Objects.requireNonNull(key);
    }

    /** Which option. */
    public String key() {
        return key;
    }
}
