package dev.adit.standalone;

/** Placeholder. */
public final class Adit {
    private Adit() {}
}
