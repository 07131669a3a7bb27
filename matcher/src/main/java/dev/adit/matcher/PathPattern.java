package dev.adit.matcher;

/** The port through which a regular-expression engine comes in: this library brings none. Implementations are immutable. */
@FunctionalInterface
public interface PathPattern {
    /** Whether this pattern accepts {@code path}; must take time linear in its length and never throw. */
    boolean matches(String path);
}
